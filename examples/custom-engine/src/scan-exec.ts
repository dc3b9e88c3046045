import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import type { Schema, Table } from 'apache-arrow';
import { noChild } from './new-children.ts';

/** Puts out a table in memory, as many batches as it has. */
export class ScanExec implements ExecutionPlan {
  readonly name = 'ScanExec';
  readonly schema: Schema;
  readonly properties = singlePartition;
  readonly children: readonly [] = [];
  constructor(
    readonly tableName: string,
    readonly table: Table,
  ) {
    this.schema = table.schema;
  }

  withNewChildren(children: readonly ExecutionPlan[]): this {
    noChild(this.name, children);
    return this;
  }

  describe(): string {
    return `${this.tableName} columns=[${this.schema.names.join(', ')}]`;
  }

  execute(_partition: number, context: TaskContext): Execution {
    return createExecution(context, () => this.table.batches);
  }
}

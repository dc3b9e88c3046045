import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  expectChildCount,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import type { Schema, Table } from 'apache-arrow';

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
    expectChildCount(this, children);
    return this;
  }

  describe(): string {
    return `${this.tableName} columns=[${this.schema.names.join(', ')}]`;
  }

  execute(_partition: number, context: TaskContext): Execution {
    return createExecution(context, () => this.table.batches);
  }
}

import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  expectChildCount,
  type NodeField,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import type { Schema, Table } from 'apache-arrow';

/** Puts out a table in memory, as many batches as it has. */
export class ScanExec implements ExecutionPlan {
  readonly name = 'ScanExec';
  readonly output = 'batches';
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

  describe(): NodeField[] {
    return [
      { key: 'table', text: this.tableName, kind: 'identifier' },
      { key: 'columns', text: this.schema.names.map(String), kind: 'identifier' },
    ];
  }

  execute(_partition: number, context: TaskContext): Execution {
    return createExecution(context, () => this.table.batches);
  }
}

import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  expectChildCount,
  type NodeField,
  type TaskContext,
} from '@planscope/plan';
import { Field, Int32, type RecordBatch, Schema, Utf8 } from 'apache-arrow';
import { rowsToBatch } from './rows-to-batch.ts';

/** Counts the rows of each value of a column, and puts out the counts when its input has ended. */
export class CountExec implements ExecutionPlan {
  readonly name = 'CountExec';
  readonly output = 'batches';
  readonly schema: Schema;
  readonly properties;
  readonly children: readonly [ExecutionPlan];
  constructor(
    readonly column: string,
    readonly input: ExecutionPlan,
  ) {
    this.schema = new Schema([new Field(column, new Utf8()), new Field('rows', new Int32())]);
    this.properties = { ...input.properties, emissionType: 'final' } as const;
    this.children = [input];
  }

  withNewChildren(children: readonly ExecutionPlan[]): CountExec {
    expectChildCount(this, children);
    return new CountExec(this.column, children[0]);
  }

  describe(): NodeField[] {
    return [{ key: 'group_keys', text: [this.column], kind: 'expression' }];
  }

  execute(partition: number, context: TaskContext): Execution {
    const { input, schema, column } = this;
    return createExecution(context, async function* (): AsyncGenerator<RecordBatch> {
      const counts = new Map<string, number>();
      for await (const batch of input.execute(partition, context).batches) {
        for (const value of batch.getChild(column) ?? [])
          counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
      }
      yield rowsToBatch(
        schema,
        [...counts].map(([value, rows]) => ({ [column]: value, rows })),
      );
    });
  }
}

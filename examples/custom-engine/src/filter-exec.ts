import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  expectChildCount,
  type NodeField,
  type TaskContext,
} from '@planscope/plan';
import type { RecordBatch } from 'apache-arrow';
import { type Condition, conditionsField } from './plan-nodes.ts';
import { rowsToBatch } from './rows-to-batch.ts';

/** Puts out the rows that meet all conditions; measures what share of its input they are. */
export class FilterExec implements ExecutionPlan {
  readonly name = 'FilterExec';
  readonly output = 'batches';
  readonly schema;
  readonly properties;
  readonly children: readonly [ExecutionPlan];
  constructor(
    readonly conditions: readonly Condition[],
    readonly input: ExecutionPlan,
  ) {
    this.schema = input.schema;
    this.properties = input.properties;
    this.children = [input];
  }

  withNewChildren(children: readonly ExecutionPlan[]): FilterExec {
    expectChildCount(this, children);
    return new FilterExec(this.conditions, children[0]);
  }

  describe(): NodeField[] {
    return [conditionsField(this.conditions)];
  }

  execute(partition: number, context: TaskContext): Execution {
    const { input } = this;
    const meetsAll = (row: Record<string, number>): boolean =>
      this.conditions.every(({ column, operator, value }) => {
        const found = row[column] ?? Number.NaN;
        return operator === '<' ? found < value : found > value;
      });
    return createExecution(context, async function* ({ metrics }): AsyncGenerator<RecordBatch> {
      let read = 0;
      let kept = 0;
      for await (const batch of input.execute(partition, context).batches) {
        const rows = batch.toArray().filter(meetsAll);
        read += batch.numRows;
        kept += rows.length;
        yield rowsToBatch(batch.schema, rows);
      }
      metrics.add({ name: 'selectivity', type: 'ratio', unit: '1', value: read === 0 ? 0 : kept / read, partition });
    });
  }
}

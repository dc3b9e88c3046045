import { METRIC_OUTPUT_BATCHES, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { type RecordBatch, Schema } from 'apache-arrow';
import { createExecution } from '../execution/create-execution.ts';
import type { Execution } from '../execution/execution.ts';
import type { TaskContext } from '../execution/task-context.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import { expectChildCount } from '../node/expect-child-count.ts';
import type { NodeField } from '../node/node-field.ts';
import { type PlanProperties, singlePartition } from '../node/plan-properties.ts';

/** A leaf that puts out the batches it was made with, one list a partition, and counts their rows. */
export class ValuesExec implements ExecutionPlan {
  readonly name: string;
  readonly output = 'batches';
  readonly schema: Schema;
  readonly properties: PlanProperties;
  readonly children: readonly ExecutionPlan[] = [];
  readonly #partitions: readonly (readonly RecordBatch[])[];

  /**
   * @param partitions batches of each partition; at least one partition, all batches of one schema
   * @param name default `ValuesExec`
   */
  constructor(partitions: readonly (readonly RecordBatch[])[], name = 'ValuesExec') {
    this.name = name;
    this.schema = partitions.flat()[0]?.schema ?? new Schema([]);
    const partitionCount = partitions.length;
    this.properties = { ...singlePartition, partitionCount, partitioning: `unknown(${partitionCount})` };
    this.#partitions = partitions;
  }

  withNewChildren(children: readonly ExecutionPlan[]): ExecutionPlan {
    expectChildCount(this, children);
    return this;
  }

  describe(): NodeField[] {
    return [{ key: 'batches', text: String(this.#partitions.flat().length), kind: 'code' }];
  }

  execute(partition: number, context: TaskContext): Execution {
    const batches = this.#partitions[partition] ?? [];
    return createExecution(context, function* ({ metrics }) {
      for (const batch of batches) {
        metrics.add({ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: batch.numRows, partition });
        metrics.add({ name: METRIC_OUTPUT_BATCHES, type: 'count', unit: '{batch}', value: 1, partition });
        yield batch;
      }
    });
  }
}

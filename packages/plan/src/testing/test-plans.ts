import { FIELD_DETAIL, METRIC_OUTPUT_BATCHES, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { type RecordBatch, Schema } from 'apache-arrow';
import { createExecution } from '../execution/create-execution.ts';
import type { Execution } from '../execution/execution.ts';
import {
  type ExecutionPlan,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { expectChildCount, type NodeField } from '../node/plan-node.ts';

/** A leaf that outputs given batches, one list for each partition, and counts their rows. */
export class ValuesExec implements ExecutionPlan {
  readonly name: string;
  readonly output = 'batches';
  readonly schema: Schema;
  readonly properties: PlanProperties;
  readonly children: readonly ExecutionPlan[] = [];
  readonly #partitions: readonly (readonly RecordBatch[])[];

  /**
   * @param partitions batches of each partition; at least one partition, all batches of one schema
   * @param name default: `ValuesExec`
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

/** Concatenates the outputs of its children into one partition. With one child, it passes the output through. */
export class UnionExec implements ExecutionPlan {
  readonly name: string;
  readonly output = 'batches';
  readonly schema: Schema;
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly ExecutionPlan[];

  /**
   * @param children nodes with the same schema
   * @param name default: `UnionExec`
   */
  constructor(children: readonly ExecutionPlan[], name = 'UnionExec') {
    this.name = name;
    this.schema = children[0]?.schema ?? new Schema([]);
    this.children = children;
  }

  withNewChildren(children: readonly ExecutionPlan[]): ExecutionPlan {
    expectChildCount(this, children);
    return new UnionExec(children, this.name);
  }

  describe(): NodeField[] {
    return [];
  }

  execute(_partition: number, context: TaskContext): Execution {
    const { children } = this;
    return createExecution(context, async function* () {
      for (const child of children) {
        for (let partition = 0; partition < child.properties.partitionCount; partition += 1) {
          yield* child.execute(partition, context).batches;
        }
      }
    });
  }
}

/** A leaf that outputs some batches and then throws a given error. */
export class FailingExec implements ExecutionPlan {
  readonly name = 'FailingExec';
  readonly output = 'batches';
  readonly schema: Schema;
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly ExecutionPlan[] = [];
  readonly #error: unknown;
  readonly #batches: readonly RecordBatch[];

  /** @param batches batches before the error; default: none */
  constructor(error: unknown, batches: readonly RecordBatch[] = []) {
    this.schema = new ValuesExec([batches]).schema;
    this.#error = error;
    this.#batches = batches;
  }

  withNewChildren(children: readonly ExecutionPlan[]): ExecutionPlan {
    expectChildCount(this, children);
    return this;
  }

  describe(): NodeField[] {
    return [{ key: 'after', text: String(this.#batches.length), kind: 'code' }];
  }

  execute(_partition: number, context: TaskContext): Execution {
    const batches = this.#batches;
    const error = this.#error;
    return createExecution(context, function* () {
      yield* batches;
      throw error;
    });
  }
}

/** A logical node for tests, with everything from its arguments. */
export function logicalNode(name: string, detail = '', children: readonly LogicalPlan[] = []): LogicalPlan {
  const node: LogicalPlan = {
    name,
    children,
    describe: () => [{ key: FIELD_DETAIL, text: detail, kind: 'plan' }],
    withNewChildren(given) {
      expectChildCount(node, given);
      return logicalNode(name, detail, given);
    },
  };
  return node;
}

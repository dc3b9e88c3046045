import type { RecordBatch, Schema } from 'apache-arrow';
import type { Batch, Execution } from '../execution/execution.ts';
import type { TaskContext } from '../execution/task-context.ts';
import type { NodeField } from './plan-node.ts';

/**
 * A node of a physical plan. Immutable; nothing of a run lives on it, and a shared node is one object.
 *
 * @typeParam Rows what it puts out; Arrow batches unless said otherwise
 */
export interface ExecutionPlan<Rows extends Batch = RecordBatch> {
  /** Name of the operator, for example `FetchExec`, `DuckDBExec`, `FilterExec`. */
  readonly name: string;
  /**
   * What comes of an execution: batches that the consumer pulls, or files that the outcome holds. A node that makes files
   * begins at once, and no one pulls from it.
   */
  readonly output: 'batches' | 'files';
  /** Arrow schema of the batches; absent where the engine is typed dynamically or the node makes files. */
  readonly schema?: Schema | undefined;
  readonly properties: PlanProperties;
  readonly children: readonly ExecutionPlan<Rows>[];
  /**
   * A node of the same kind over other children.
   *
   * @param children as many as the node has now
   * @throws when they are not
   */
  withNewChildren(children: readonly ExecutionPlan<Rows>[]): ExecutionPlan<Rows>;
  /**
   * What there is to say of the node, without its children; {@link describeNode} makes one line of it. The texts may hold
   * literals: whoever records them redacts them by their kind.
   */
  describe(): readonly NodeField[];
  /**
   * Starts one partition.
   *
   * @param partition index from 0 to `properties.partitionCount - 1`
   * @param context what belongs to this run and this place in the plan
   */
  execute(partition: number, context: TaskContext): Execution<Rows>;
}

/** What is known of a physical node's output before it runs. */
export interface PlanProperties {
  /** How many partitions `execute` can be called for; at least 1. */
  readonly partitionCount: number;
  /** How rows are spread over the partitions; display is `hash([a], 4)`, `unknown(1)`, … */
  readonly partitioning: string;
  /** Whether rows come out while the input is being read, only at its end, or both. */
  readonly emissionType: 'incremental' | 'final' | 'both';
  readonly boundedness: 'bounded' | 'unbounded';
}

/** One partition, rows as they come, an output that ends: what most nodes are. */
export const singlePartition: PlanProperties = {
  partitionCount: 1,
  partitioning: 'unknown(1)',
  emissionType: 'incremental',
  boundedness: 'bounded',
};

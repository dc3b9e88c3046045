import type { Schema } from 'apache-arrow';
import type { Execution } from '../execution/execution.ts';
import type { TaskContext } from '../execution/task-context.ts';
import type { PlanProperties } from './plan-properties.ts';

/** A node of a physical plan. Immutable; nothing of a run lives on it, and a shared node is one object. */
export interface ExecutionPlan {
  /** Name of the operator, for example `FetchExec`, `DuckDBExec`, `FilterExec`. */
  readonly name: string;
  /** Arrow schema of the batches it puts out; empty where the node makes files. */
  readonly schema: Schema;
  readonly properties: PlanProperties;
  readonly children: readonly ExecutionPlan[];
  /**
   * A node of the same kind over other children.
   *
   * @param children as many as the node has now
   * @throws when they are not
   */
  withNewChildren(children: readonly ExecutionPlan[]): ExecutionPlan;
  /**
   * The node in one line, without its children; it may begin with the name or leave it out. It may hold literals: whoever
   * records it redacts it.
   */
  describe(): string;
  /**
   * Starts one partition.
   *
   * @param partition index from 0 to `properties.partitionCount - 1`
   * @param context what belongs to this run and this place in the plan
   */
  execute(partition: number, context: TaskContext): Execution;
}

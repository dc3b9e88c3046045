import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { Batch } from './batch.ts';
import type { Execution } from './execution.ts';

/** The executions of one run that serve several consumers: each node and partition is started once. */
export class SharedExecutions {
  readonly #started = new Map<ExecutionPlan<Batch>, Map<number, Execution<Batch>>>();

  /**
   * The execution of this node and partition in this run, started by the first caller.
   *
   * A node that is shared and puts out batches can hand them to one consumer only; the others get the outcome.
   */
  once<Rows extends Batch>(
    node: ExecutionPlan<Batch>,
    partition: number,
    start: () => Execution<Rows>,
  ): Execution<Rows> {
    let partitions = this.#started.get(node);
    if (partitions === undefined) {
      partitions = new Map();
      this.#started.set(node, partitions);
    }
    let execution = partitions.get(partition);
    if (execution === undefined) {
      execution = start();
      partitions.set(partition, execution);
    }
    // The same node puts out the same kind of batches each time.
    return execution as Execution<Rows>;
  }
}

import type { RecordBatch, Schema } from 'apache-arrow';
import { createExecution } from '../execution/create-execution.ts';
import type { Execution } from '../execution/execution.ts';
import type { TaskContext } from '../execution/task-context.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import { expectChildCount } from '../node/expect-child-count.ts';
import type { NodeField } from '../node/node-field.ts';
import { type PlanProperties, singlePartition } from '../node/plan-properties.ts';
import { ValuesExec } from './values-exec.ts';

/** A leaf that puts out some batches and then throws the error it was made with. */
export class FailingExec implements ExecutionPlan {
  readonly name = 'FailingExec';
  readonly output = 'batches';
  readonly schema: Schema;
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly ExecutionPlan[] = [];
  readonly #error: unknown;
  readonly #batches: readonly RecordBatch[];

  /** @param batches put out before the error; default none */
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

import { Schema } from 'apache-arrow';
import { createExecution } from '../execution/create-execution.ts';
import type { Execution } from '../execution/execution.ts';
import type { TaskContext } from '../execution/task-context.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import { expectChildCount } from '../node/expect-child-count.ts';
import type { NodeField } from '../node/node-field.ts';
import { type PlanProperties, singlePartition } from '../node/plan-properties.ts';

/** Puts out everything of its children, one after the other, as one partition; with one child it passes through. */
export class UnionExec implements ExecutionPlan {
  readonly name: string;
  readonly output = 'batches';
  readonly schema: Schema;
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly ExecutionPlan[];

  /**
   * @param children of one schema
   * @param name default `UnionExec`
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

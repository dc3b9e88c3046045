import { type Execution, type ExecutionPlan, type PlanProperties, singlePartition } from '@planscope/plan';
import { Schema } from 'apache-arrow';

/** The outputs of a specification side by side. It is never executed itself: each output is. */
export class OutputsExec implements ExecutionPlan {
  readonly name = 'OutputsExec';
  readonly schema: Schema = new Schema([]);
  readonly properties: PlanProperties = singlePartition;

  /** @param children one for each output of the specification, in its order */
  constructor(readonly children: readonly ExecutionPlan[]) {}

  withNewChildren(children: readonly ExecutionPlan[]): OutputsExec {
    return new OutputsExec(children);
  }

  describe(): string {
    return `outputs=${this.children.length}`;
  }

  execute(): Execution {
    throw new Error('[planscope/engine] OutputsExec is not executed; execute its children, one for each output');
  }
}

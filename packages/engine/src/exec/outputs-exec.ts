import {
  type Execution,
  type ExecutionPlan,
  type NodeField,
  type PlanProperties,
  singlePartition,
} from '@planscope/plan';

/** The outputs of a specification side by side. It is never executed itself: each output is. */
export class OutputsExec implements ExecutionPlan {
  readonly name = 'OutputsExec';
  readonly output = 'files';
  readonly properties: PlanProperties = singlePartition;

  /** @param children one for each output of the specification, in its order */
  constructor(readonly children: readonly ExecutionPlan[]) {}

  withNewChildren(children: readonly ExecutionPlan[]): OutputsExec {
    return new OutputsExec(children);
  }

  describe(): NodeField[] {
    return [{ key: 'outputs', text: String(this.children.length), kind: 'code' }];
  }

  execute(): Execution {
    throw new Error('[planscope/engine] OutputsExec is not executed; execute its children, one for each output');
  }
}

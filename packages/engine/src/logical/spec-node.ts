import type { LogicalPlan } from '@planscope/plan';
import { formatOf } from '../spec/data-format.ts';
import type { ExecutionSpec } from '../spec/execution-spec.ts';
import { OutputNode } from './output-node.ts';
import { RelationNode } from './relation-node.ts';
import { UnresolvedNode } from './unresolved-node.ts';
import { ViewNode } from './view-node.ts';

/** The whole specification: its outputs, and whatever it defines that nothing refers to. */
export class SpecNode implements LogicalPlan {
  readonly name = 'Spec';

  constructor(readonly children: readonly LogicalPlan[]) {}

  get outputs(): OutputNode[] {
    return this.children.filter((child) => child instanceof OutputNode);
  }

  withNewChildren(children: readonly LogicalPlan[]): SpecNode {
    return new SpecNode(children);
  }

  describe(): string {
    return '';
  }
}

/** The plan as written: every definition side by side, no name looked up. */
export function specPlan(spec: ExecutionSpec): SpecNode {
  return new SpecNode([
    ...(spec.inputs ?? []).map(
      ({ name, location, format }, index) =>
        new RelationNode([name], location, formatOf(`inputs[${index}]`, location, format), `inputs[${index}]`),
    ),
    ...(spec.views ?? []).map(({ name, sql }, index) => new ViewNode(name, sql, `views[${index}]`)),
    ...spec.outputs.map(
      (output, index) => new OutputNode(output, `outputs[${index}]`, new UnresolvedNode(output.from)),
    ),
  ]);
}

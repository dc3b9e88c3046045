import type { LogicalPlan, NodeField } from '@planscope/plan';
import { FIELD_NAME } from '@planscope/semconv';
import { type ExecutionSpec, formatOf } from '../spec/execution-spec.ts';
import { acrossCopies } from './across-copies.ts';
import { OutputNode } from './output-node.ts';
import { RelationNode } from './relation-node.ts';
import { ViewNode } from './view-node.ts';

/** The whole specification: its outputs, and the definitions that nothing refers to. */
export class SpecNode implements LogicalPlan {
  static {
    acrossCopies(SpecNode, 'SpecNode');
  }

  readonly name = 'Spec';

  constructor(readonly children: readonly LogicalPlan[]) {}

  get outputs(): OutputNode[] {
    return this.children.filter((child) => child instanceof OutputNode);
  }

  withNewChildren(children: readonly LogicalPlan[]): SpecNode {
    return new SpecNode(children);
  }

  describe(): NodeField[] {
    return [];
  }
}

/** The plan as written, with all definitions as children and no name resolved. */
export function specPlan(spec: ExecutionSpec): SpecNode {
  return new SpecNode([
    ...(spec.inputs ?? []).map(({ name, location, format, ...table }, index) => {
      const field = `inputs[${index}]`;
      const found = location === undefined ? 'table' : formatOf(field, location, format);
      return new RelationNode({ names: [name], location: location ?? '', format: found, field, ...table });
    }),
    ...(spec.views ?? []).map(
      ({ name, sql }, index) => new ViewNode({ viewName: name, sql, field: `views[${index}]` }),
    ),
    ...spec.outputs.map(
      (output, index) => new OutputNode(output, `outputs[${index}]`, new UnresolvedNode(output.from)),
    ),
  ]);
}

/** A name that no rule has resolved yet. */
export class UnresolvedNode implements LogicalPlan {
  static {
    acrossCopies(UnresolvedNode, 'UnresolvedNode');
  }

  readonly name = 'Unresolved';
  readonly children: readonly [] = [];

  constructor(readonly relation: string) {}

  withNewChildren(children: readonly LogicalPlan[]): UnresolvedNode {
    if (children.length > 0) throw new RangeError('[planscope/engine] an Unresolved has no children');
    return this;
  }

  describe(): NodeField[] {
    return [{ key: FIELD_NAME, text: this.relation, kind: 'identifier' }];
  }
}

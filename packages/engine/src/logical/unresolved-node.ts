import type { LogicalPlan, NodeField } from '@planscope/plan';
import { FIELD_NAME } from '@planscope/semconv';
import { acrossCopies } from './across-copies.ts';

/** A name that no rule has looked up yet. */
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

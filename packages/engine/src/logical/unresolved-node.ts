import type { LogicalPlan } from '@planscope/plan';
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

  describe(): string {
    return this.relation;
  }
}

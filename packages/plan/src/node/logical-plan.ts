import type { NodeField } from './plan-node.ts';

/** A node of a logical plan: what is to be computed, not how. Immutable; a shared node is one object. */
export interface LogicalPlan {
  /** Kind of the node, for example `Relation`, `View`, `Filter`. */
  readonly name: string;
  readonly children: readonly LogicalPlan[];
  /**
   * A node of the same kind over other children.
   *
   * @param children as many as the node has now
   * @throws when they are not
   */
  withNewChildren(children: readonly LogicalPlan[]): LogicalPlan;
  /**
   * What there is to say of the node, without its children; {@link describeNode} makes one line of it. The texts may hold
   * literals: a recorder redacts them by their kind.
   */
  describe(): readonly NodeField[];
}

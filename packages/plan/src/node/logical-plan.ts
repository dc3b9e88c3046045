import type { NodeField } from './plan-node.ts';

/** A node of a logical plan: what to compute, not how. Immutable; a shared node is one object. */
export interface LogicalPlan {
  /** Kind of the node, for example `Relation`, `View`, `Filter`. */
  readonly name: string;
  readonly children: readonly LogicalPlan[];
  /**
   * Returns a node of the same kind with other children.
   *
   * @param children as many as the node has now
   * @throws for a different number of children
   */
  withNewChildren(children: readonly LogicalPlan[]): LogicalPlan;
  /**
   * Describes the node without its children; {@link describeNode} formats the fields as one line. The texts may contain
   * literals, which recorders redact by kind.
   */
  describe(): readonly NodeField[];
}

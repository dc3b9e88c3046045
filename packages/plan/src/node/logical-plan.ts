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
   * The node in one line, without its children; it may begin with the name or leave it out. It may hold literals: whoever
   * records it redacts it.
   */
  describe(): string;
}

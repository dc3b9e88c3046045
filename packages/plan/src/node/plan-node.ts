import type { NodeField } from './node-field.ts';

/**
 * What logical and physical plans have in common, for functions that work on both.
 *
 * @typeParam Node the kind of plan itself
 */
export interface PlanNode<Node extends PlanNode<Node>> {
  readonly name: string;
  readonly children: readonly Node[];
  withNewChildren(children: readonly Node[]): Node;
  describe(): readonly NodeField[];
}

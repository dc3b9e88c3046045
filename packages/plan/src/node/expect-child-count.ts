/**
 * Refuses another number of children than the node has: the first line of most `withNewChildren`. What was given then has
 * the type that the node's children have, so `children[0]` of a node with one child is a plan.
 *
 * @throws RangeError
 */
export function expectChildCount<Children extends readonly unknown[]>(
  node: { readonly name: string; readonly children: Children },
  given: readonly unknown[],
): asserts given is Children {
  if (given.length === node.children.length) return;
  throw new RangeError(
    `[planscope/plan] ${node.name} takes ${node.children.length} children in withNewChildren, was given ${given.length}`,
  );
}

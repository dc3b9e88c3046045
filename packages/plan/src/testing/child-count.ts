/** Refuses another number of children than the node has. */
export function expectChildCount(
  node: { name: string; children: readonly unknown[] },
  given: readonly unknown[],
): void {
  if (given.length === node.children.length) return;
  throw new RangeError(
    `[planscope/plan] ${node.name} takes ${node.children.length} children in withNewChildren, was given ${given.length}`,
  );
}

/** Which of a node and its children comes first. */
export type WalkOrder = 'parents-first' | 'children-first';

/**
 * Every node of a plan, or of anything else with children, once, however many parents it has, in the order a depth-first walk first meets (parents first)
 * or first leaves (children first) them. Takes time linear in nodes and edges, and no stack.
 *
 * @param order default `parents-first`
 */
export function* walkPlan<Node extends { readonly children: readonly Node[] }>(
  plan: Node,
  order: WalkOrder = 'parents-first',
): Generator<Node, void, undefined> {
  const seen = new Set<Node>();
  const stack: { node: Node; left: boolean }[] = [{ node: plan, left: false }];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node, left } = entry;
    if (left) {
      yield node;
      continue;
    }
    if (seen.has(node)) continue;
    seen.add(node);
    if (order === 'parents-first') yield node;
    else stack.push({ node, left: true });
    for (const child of node.children.toReversed()) {
      if (!seen.has(child)) stack.push({ node: child, left: false });
    }
  }
}

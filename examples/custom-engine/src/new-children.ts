/** @throws when there is not exactly one, as the contract asks of `withNewChildren` */
export function onlyChild<Node>(parent: string, children: readonly Node[]): Node {
  const [child] = children;
  if (child === undefined || children.length > 1)
    throw new Error(`${parent} has 1 child and was given ${children.length}`);
  return child;
}

/** @throws when there are any */
export function noChild(parent: string, children: readonly unknown[]): void {
  if (children.length > 0) throw new Error(`${parent} has no children and was given ${children.length}`);
}

import { describeNode } from './describe-node.ts';
import type { PlanNode } from './plan-node.ts';

/**
 * Whether two plans agree in the names, descriptions, order and sharing of their nodes. A node used twice is not the
 * same as two equal nodes. The same object is the same plan without a look inside; else time is linear in nodes and
 * edges.
 */
export function samePlan<Node extends PlanNode<Node>>(left: Node, right: Node): boolean {
  if (left === right) return true;
  const rightOf = new Map<Node, Node>();
  const leftOf = new Map<Node, Node>();
  const stack: [Node, Node][] = [[left, right]];
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    const [one, other] = pair;
    if (rightOf.has(one) || leftOf.has(other)) {
      if (rightOf.get(one) !== other || leftOf.get(other) !== one) return false;
      continue;
    }
    if (!sameNode(one, other)) return false;
    rightOf.set(one, other);
    leftOf.set(other, one);
    for (const [index, child] of one.children.entries()) {
      const counterpart = other.children[index];
      if (counterpart === undefined) return false;
      stack.push([child, counterpart]);
    }
  }
  return true;
}

function sameNode<Node extends PlanNode<Node>>(one: Node, other: Node): boolean {
  if (one === other) return true;
  if (one.name !== other.name || one.children.length !== other.children.length) return false;
  return describeNode(one) === describeNode(other);
}

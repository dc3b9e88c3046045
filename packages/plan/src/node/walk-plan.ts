import { PlanError } from '../plan-error.ts';
import { describeNode, type PlanNode } from './plan-node.ts';

/** Whether parents or children come first. */
export type WalkOrder = 'parents-first' | 'children-first';

/**
 * Walks every node of a plan, or of another graph with children, once, in the order in which a depth-first walk first
 * meets them (parents first) or first leaves them (children first). It takes time linear in nodes and edges, without
 * recursion.
 *
 * @param order default: `parents-first`
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

/** Whether a node is rewritten after its children (`up`) or before them (`down`). */
export type TransformDirection = 'up' | 'down';

/**
 * Rewrites a plan node by node. Each node is rewritten once and keeps its identity if nothing below it changes. Shared
 * nodes therefore remain shared, and a rewrite without changes returns the given plan.
 *
 * @param direction default: `up`
 * @param rewrite returns the same node to keep it unchanged; with `down`, it must not put a node under itself
 * @throws PlanError `cyclic-rewrite` if it puts a node under itself
 */
export function transformPlan<Node extends PlanNode<Node>>(
  plan: Node,
  rewrite: (node: Node) => Node,
  direction: TransformDirection = 'up',
): Node {
  return direction === 'up' ? transformUp(plan, rewrite) : transformDown(plan, rewrite);
}

function transformUp<Node extends PlanNode<Node>>(plan: Node, rewrite: (node: Node) => Node): Node {
  const results = new Map<Node, Node>();
  for (const node of walkPlan(plan, 'children-first')) results.set(node, rewrite(withResults(node, results)));
  return results.get(plan) ?? plan;
}

function transformDown<Node extends PlanNode<Node>>(plan: Node, rewrite: (node: Node) => Node): Node {
  const rewritten = new Map<Node, Node>();
  const results = new Map<Node, Node>();
  const stack: { node: Node; left: boolean }[] = [{ node: plan, left: false }];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node, left } = entry;
    const known = rewritten.get(node);
    if (results.has(node)) continue;
    if (known === undefined) {
      const next = rewrite(node);
      rewritten.set(node, next);
      stack.push({ node, left: true });
      for (const child of next.children.toReversed()) stack.push({ node: child, left: false });
    } else if (left) {
      results.set(node, withResults(known, results));
    } else {
      const text = `a rewrite put node "${node.name}" under itself; rewrite upwards to put nodes above others`;
      throw new PlanError('cyclic-rewrite', text);
    }
  }
  return results.get(plan) ?? plan;
}

function withResults<Node extends PlanNode<Node>>(node: Node, results: ReadonlyMap<Node, Node>): Node {
  const children = node.children.map((child) => results.get(child) ?? child);
  return children.every((child, index) => child === node.children[index]) ? node : node.withNewChildren(children);
}

/**
 * Whether two plans have the same names, descriptions, order and sharing of nodes. A node that is used twice differs
 * from two equal nodes. The time is linear in nodes and edges, and constant for the same object.
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

import { PlanError } from '../plan-error.ts';
import type { PlanNode } from './plan-node.ts';
import { walkPlan } from './walk-plan.ts';

/** Whether a rewrite sees a node with its children already rewritten (`up`) or before they are (`down`). */
export type TransformDirection = 'up' | 'down';

/**
 * Rewrites a plan node by node. Each node is rewritten once and keeps its identity where nothing below it changed, so
 * what was shared stays shared and a rewrite that changes nothing returns the plan it was given.
 *
 * @param direction default `up`
 * @param rewrite returns the node it was given to leave it as it is; going down, it may not put a node under itself
 * @throws PlanError `cyclic-rewrite` when it does
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

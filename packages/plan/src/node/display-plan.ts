import { type DescribedNode, describeNode } from './plan-node.ts';
import { walkPlan } from './walk-plan.ts';

/** The part of a node that a display shows. */
export interface DisplayedNode<Node> {
  readonly name: string;
  readonly children: readonly Node[];
}

/** How a plan is displayed. */
export interface DisplayOptions<Node> {
  /** Returns the line of one node; called once for each node. */
  readonly line: (node: Node) => string;
}

/**
 * Maximum indentation. Deeper levels show their depth as a number, so that the size of the text is linear in the plan.
 */
const INDENTED_LEVELS = 40;

/**
 * A plan as indented text, with one line for each node and children below their parent.
 *
 * A node with several parents is shown completely once, marked `[shared_1]`; its other places show `[see shared_1]`.
 * The text therefore has at most one line more than the plan has edges. Each node is shown with {@link describeNode},
 * including literals.
 */
export function displayPlan<Node extends DisplayedNode<Node> & DescribedNode>(plan: Node): string;
/** The same, with lines from the caller. */
export function displayPlan<Node extends DisplayedNode<Node>>(plan: Node, options: DisplayOptions<Node>): string;
export function displayPlan(plan: AnyNode, { line }: DisplayOptions<AnyNode> = { line: describe }): string {
  const shared = sharedNodes(plan);
  const labels = new Map<AnyNode, string>();
  const lines: string[] = [];
  const stack: { node: AnyNode; depth: number }[] = [{ node: plan, depth: 0 }];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node, depth } = entry;
    const indent = indentation(depth);
    const known = labels.get(node);
    if (known !== undefined) {
      lines.push(`${indent}${node.name} [see ${known}]`);
      continue;
    }
    let mark = '';
    if (shared.has(node)) {
      const label = `shared_${labels.size + 1}`;
      labels.set(node, label);
      mark = ` [${label}]`;
    }
    lines.push(`${indent}${line(node)}${mark}`);
    for (const child of node.children.toReversed()) stack.push({ node: child, depth: depth + 1 });
  }
  return lines.join('\n');
}

type AnyNode = DisplayedNode<AnyNode>;

function describe(node: AnyNode): string {
  return describeNode(node as AnyNode & DescribedNode);
}

function indentation(depth: number): string {
  if (depth <= INDENTED_LEVELS) return '  '.repeat(depth);
  return `${'  '.repeat(INDENTED_LEVELS)}(depth ${depth}) `;
}

function sharedNodes(plan: AnyNode): Set<AnyNode> {
  const met = new Set<AnyNode>();
  const shared = new Set<AnyNode>();
  for (const node of walkPlan(plan)) {
    for (const child of node.children) {
      if (met.has(child)) shared.add(child);
      else met.add(child);
    }
  }
  return shared;
}

import type { GapCode } from '../run.ts';
import type { TraceSpan } from './trace-span.ts';

/** A span in its place in a trace. */
export interface TreeNode {
  readonly span: TraceSpan;
  parent: TreeNode | undefined;
  /** By start, and in the order of the source where the starts are equal. */
  readonly children: TreeNode[];
  /** What was repaired about this span. */
  readonly repairs: GapCode[];
}

/**
 * Arranges the spans of one trace by parent, whatever their parents are: of spans with one id the first is kept, and a
 * cycle of parents is cut. A span whose parent is missing is a root.
 *
 * @returns the roots by start, and the number of spans that were removed as duplicates
 */
export function spanTree(spans: readonly TraceSpan[]): { readonly roots: TreeNode[]; readonly duplicates: number } {
  const nodes = new Map<string, TreeNode>();
  for (const span of spans) {
    if (nodes.has(span.spanId)) continue;
    const repairs: GapCode[] = span.end < span.start ? ['end-before-start'] : [];
    nodes.set(span.spanId, { span, parent: undefined, children: [], repairs });
  }
  const roots: TreeNode[] = [];
  for (const node of nodes.values()) {
    const { parentSpanId, hasRemoteParent } = node.span;
    node.parent = parentSpanId === undefined ? undefined : nodes.get(parentSpanId);
    if (parentSpanId !== undefined && node.parent === undefined && hasRemoteParent !== true) {
      node.repairs.push('parent-missing');
    }
  }
  cutCycles(nodes.values());
  for (const node of nodes.values()) (node.parent?.children ?? roots).push(node);
  for (const { children } of nodes.values()) sortByStart(children);
  sortByStart(roots);
  return { roots, duplicates: spans.length - nodes.size };
}

/** Makes one span of each cycle a root. */
function cutCycles(nodes: Iterable<TreeNode>): void {
  const done = new Set<TreeNode>();
  for (const first of nodes) {
    const path = new Set<TreeNode>();
    let node: TreeNode | undefined = first;
    while (node !== undefined && !done.has(node) && !path.has(node)) {
      path.add(node);
      node = node.parent;
    }
    if (node !== undefined && path.has(node)) {
      node.parent = undefined;
      node.repairs.push('parent-cycle');
    }
    for (const seen of path) done.add(seen);
  }
}

function sortByStart(nodes: TreeNode[]): void {
  if (nodes.length > 1) nodes.sort((one, other) => compare(one.span.start, other.span.start));
}

function compare(one: bigint, other: bigint): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The nodes and everything below them, parents first, with their depth. */
export function* walkTree(roots: readonly TreeNode[]): Generator<readonly [node: TreeNode, depth: number]> {
  const left: (readonly [TreeNode, number])[] = roots.toReversed().map((node) => [node, 0]);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    yield next;
    const [{ children }, depth] = next;
    for (let index = children.length - 1; index >= 0; index -= 1) left.push([children[index] as TreeNode, depth + 1]);
  }
}

import { printableLine } from '@planscope/internal/printable-text';
import { type SpanNode, spanForest } from '@planscope/internal/span-forest';
import { MODIFIED_SUFFIX } from '@planscope/semconv';
import type { TreeSpan } from './tree-span.ts';

/** A span with its place in the tree drawn before its name. */
export interface TreeRow {
  readonly label: string;
  readonly row: TreeSpan;
}

/** Spans further below are not indented further: the text would grow with the square of the depth. */
const MAX_INDENT = 200;

/** The spans from the roots down; one whose parent is not among them is a root. */
export function treeRows(spans: readonly TreeSpan[]): TreeRow[] {
  const rows: TreeRow[] = [];
  const roots = spanForest(spans.toSorted(byPlace), ({ span, parentId }) => ({
    spanId: span.id,
    parentSpanId: parentId,
  }));
  // A stack and no recursion: a trace may be deeper than the call stack.
  const left = fold(roots)
    .map((node) => ({ node, branch: '', indent: '' }))
    .reverse();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, branch, indent } = next;
    rows.push({ label: branch + title(node.span), row: node.span });
    const below = fold(node.children);
    for (let index = below.length - 1; index >= 0; index -= 1) {
      const isLast = index === below.length - 1;
      left.push({
        node: below[index] as SpanNode<TreeSpan>,
        branch: indent + (isLast ? '└ ' : '├ '),
        indent: indent.length < MAX_INDENT ? indent + (isLast ? '  ' : '│ ') : indent,
      });
    }
  }
  return rows;
}

/** Planning before execution, else by time: operators that share their engine's window would come between its phases. */
function byPlace({ span: one }: TreeSpan, { span: other }: TreeSpan): number {
  const planning = ({ planscopeKind }: typeof one): number => (planscopeKind === 'phase' ? 0 : 1);
  return planning(one) - planning(other) || one.start - other.start;
}

const SHORT_NANOSECONDS = 100_000;

/** Folds rules that took almost no time and changed nothing into one line, so that the others stand out. */
function fold(nodes: readonly SpanNode<TreeSpan>[]): readonly SpanNode<TreeSpan>[] {
  const short = nodes.filter(
    ({ span: { span } }) =>
      span.planscopeKind === 'rule' &&
      span.duration < SHORT_NANOSECONDS &&
      !span.name.endsWith(MODIFIED_SUFFIX) &&
      span.status !== 'error',
  );
  const [first] = short;
  if (first === undefined || short.length < 4) return nodes;
  const duration = short.reduce((sum, { span: row }) => sum + row.span.duration, 0);
  const name = short.length === nodes.length ? `${short.length} rules` : `${short.length} more rules`;
  const folded = { ...first.span, span: { ...first.span.span, name, duration } };
  return [...nodes.filter((node) => !short.includes(node)), { span: folded, children: first.children }];
}

function title({ span, call, note }: TreeSpan): string {
  const file = call?.location === undefined ? '' : ` ${call.location.split('/').at(-1)}`;
  return printableLine(span.name + file) + (note === undefined ? '' : ` (${note})`);
}

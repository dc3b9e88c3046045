import { ATTR_OBJECT_STORE_LOCATION, ATTR_SPAN_KIND, MODIFIED_SUFFIX } from '@planscope/semconv';
import type { TreeSpan } from './tree-span.ts';

/** A span with its place in the tree drawn before its name. */
export interface TreeRow {
  readonly label: string;
  readonly span: TreeSpan;
}

/** The spans from the roots down; one whose parent is not among them is a root. */
export function treeRows(spans: readonly TreeSpan[]): TreeRow[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const byParent = new Map<string | undefined, TreeSpan[]>();
  for (const span of spans) {
    const parent = span.parentSpanId !== undefined && known.has(span.parentSpanId) ? span.parentSpanId : undefined;
    const siblings = byParent.get(parent);
    if (siblings === undefined) byParent.set(parent, [span]);
    else siblings.push(span);
  }
  const rows: TreeRow[] = [];
  const visit = (parent: string | undefined, indent: string): void => {
    const children = fold((byParent.get(parent) ?? []).sort(byPlace));
    children.forEach((span, index) => {
      const last = index === children.length - 1;
      const branch = parent === undefined ? '' : last ? '└ ' : '├ ';
      rows.push({ label: indent + branch + title(span), span });
      visit(span.spanId, parent === undefined ? '' : indent + (last ? '  ' : '│ '));
    });
  };
  visit(undefined, '');
  return rows;
}

/** Planning before execution, else by time: operators that share their engine's window would come between its phases. */
function byPlace(left: TreeSpan, right: TreeSpan): number {
  const planning = (span: TreeSpan): number => (span.attributes.get(ATTR_SPAN_KIND) === 'phase' ? 0 : 1);
  return planning(left) - planning(right) || Number(left.start - right.start);
}

const SHORT_NANOSECONDS = 100_000n;

/** Rules that took next to no time and changed nothing become one line, so that the others can be seen. */
function fold(spans: readonly TreeSpan[]): readonly TreeSpan[] {
  const short = spans.filter(
    (span) =>
      span.attributes.get(ATTR_SPAN_KIND) === 'rule' &&
      span.end - span.start < SHORT_NANOSECONDS &&
      !span.name.endsWith(MODIFIED_SUFFIX) &&
      !span.failed,
  );
  const [first] = short;
  if (first === undefined || short.length < 4) return spans;
  const duration = short.reduce((sum, { start, end }) => sum + (end - start), 0n);
  const name = short.length === spans.length ? `${short.length} rules` : `${short.length} more rules`;
  const folded = { ...first, name, end: first.start + duration };
  return [...spans.filter((span) => !short.includes(span)), folded];
}

function title(span: TreeSpan): string {
  const location = span.attributes.get(ATTR_OBJECT_STORE_LOCATION);
  const file = typeof location === 'string' ? ` ${location.split('/').at(-1)}` : '';
  return span.name + file + (span.note === undefined ? '' : ` (${span.note})`);
}

import { type SpanNode, spanForest } from '@planscope/internal/span-forest';
import { ATTR_OBJECT_STORE_LOCATION, ATTR_SPAN_KIND, MODIFIED_SUFFIX } from '@planscope/semconv';

/** A span with its place in the tree drawn before its name. */
export interface TreeRow {
  readonly label: string;
  readonly span: TreeSpan;
}

/** The spans from the roots down; one whose parent is not among them is a root. */
export function treeRows(spans: readonly TreeSpan[]): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (nodes: readonly SpanNode<TreeSpan>[], indent: string | undefined): void => {
    const shown = fold(nodes);
    shown.forEach(({ span, children }, index) => {
      const last = index === shown.length - 1;
      const branch = indent === undefined ? '' : indent + (last ? '└ ' : '├ ');
      rows.push({ label: branch + title(span), span });
      visit(children, indent === undefined ? '' : indent + (last ? '  ' : '│ '));
    });
  };
  visit(
    spanForest(spans.toSorted(byPlace), (span) => span),
    undefined,
  );
  return rows;
}

/** Planning before execution, else by time: operators that share their engine's window would come between its phases. */
function byPlace(left: TreeSpan, right: TreeSpan): number {
  const planning = (span: TreeSpan): number => (span.attributes.get(ATTR_SPAN_KIND) === 'phase' ? 0 : 1);
  return planning(left) - planning(right) || Number(left.start - right.start);
}

const SHORT_NANOSECONDS = 100_000n;

/** Folds rules that took almost no time and changed nothing into one line, so that the others stand out. */
function fold(nodes: readonly SpanNode<TreeSpan>[]): readonly SpanNode<TreeSpan>[] {
  const short = nodes.filter(
    ({ span }) =>
      span.attributes.get(ATTR_SPAN_KIND) === 'rule' &&
      span.end - span.start < SHORT_NANOSECONDS &&
      !span.name.endsWith(MODIFIED_SUFFIX) &&
      !span.failed,
  );
  const [first] = short;
  if (first === undefined || short.length < 4) return nodes;
  const duration = short.reduce((sum, { span: { start, end } }) => sum + (end - start), 0n);
  const name = short.length === nodes.length ? `${short.length} rules` : `${short.length} more rules`;
  const folded = { ...first.span, name, end: first.span.start + duration };
  return [...nodes.filter((node) => !short.includes(node)), { span: folded, children: first.children }];
}

function title(span: TreeSpan): string {
  const location = span.attributes.get(ATTR_OBJECT_STORE_LOCATION);
  const file = typeof location === 'string' ? ` ${location.split('/').at(-1)}` : '';
  return span.name + file + (span.note === undefined ? '' : ` (${span.note})`);
}

/** The fields of a span that a tree needs. */
export interface TreeSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  readonly end: bigint;
  readonly failed: boolean;
  /** Note after the name. */
  readonly note?: string;
  readonly attributes: ReadonlyMap<string, unknown>;
}

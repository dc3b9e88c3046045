import {
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  datafusionMetricKey,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_OUTPUT_ROWS,
  MODIFIED_SUFFIX,
} from '@planscope/semconv';
import type { Style } from './style.ts';
import type { FileSpan } from './trace-file.ts';

/** One line a span: name, duration, rows, bytes, own compute time, and how the times came about. */
export function renderTraceTree(spans: readonly FileSpan[], style: Style): string {
  const rows = flatten(spans);
  const width = Math.max(...rows.map(({ label }) => label.length), 'span'.length);
  const head = cells('span'.padEnd(width), ['duration', 'compute', 'rows', 'bytes'], 'times');
  const lines = rows.map(({ label, span }) => {
    const line = cells(label.padEnd(width), figures(span), String(span.attributes.get(ATTR_TIMING_BASIS) ?? ''));
    return span.failed ? style.red(line) : line;
  });
  return [style.dim(head), ...lines].join('\n');
}

function cells(label: string, figures: readonly string[], basis: string): string {
  return [label, ...figures.map((text) => text.padStart(11)), ` ${basis}`].join(' ').trimEnd();
}

function figures(span: FileSpan): string[] {
  const metric = (name: string): unknown => span.attributes.get(datafusionMetricKey(name));
  const bytes =
    span.attributes.get(ATTR_OBJECT_STORE_RESULT_BYTES) ??
    span.attributes.get(ATTR_OBJECT_STORE_CONTENT_LENGTH) ??
    metric(METRIC_BYTES_READ) ??
    metric(METRIC_BYTES_WRITTEN);
  return [
    milliseconds(Number(span.end - span.start)),
    milliseconds(metric(METRIC_ELAPSED_COMPUTE)),
    count(metric(METRIC_OUTPUT_ROWS)),
    count(bytes),
  ];
}

function milliseconds(nanoseconds: unknown): string {
  return typeof nanoseconds === 'number' ? `${(nanoseconds / 1e6).toFixed(2)} ms` : '';
}

function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : '';
}

interface Row {
  readonly label: string;
  readonly span: FileSpan;
}

function flatten(spans: readonly FileSpan[]): Row[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const parentOf = ({ parentSpanId }: FileSpan): string | undefined =>
    parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : undefined;
  const rows: Row[] = [];
  const visit = (parent: string | undefined, indent: string): void => {
    const children = fold(spans.filter((span) => parentOf(span) === parent).sort(byPlace));
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
function byPlace(left: FileSpan, right: FileSpan): number {
  const planning = (span: FileSpan): number => (span.attributes.get(ATTR_SPAN_KIND) === 'phase' ? 0 : 1);
  return planning(left) - planning(right) || Number(left.start - right.start);
}

const SHORT_NANOSECONDS = 100_000n;

/** Rules that took next to no time and changed nothing become one line, so that the others can be seen. */
function fold(spans: readonly FileSpan[]): FileSpan[] {
  const short = spans.filter(
    (span) =>
      span.attributes.get(ATTR_SPAN_KIND) === 'rule' &&
      span.end - span.start < SHORT_NANOSECONDS &&
      !span.name.endsWith(MODIFIED_SUFFIX) &&
      !span.failed,
  );
  const [first] = short;
  if (first === undefined || short.length < 4) return [...spans];
  const duration = short.reduce((sum, { start, end }) => sum + (end - start), 0n);
  const folded = { ...first, name: `${short.length} more rules`, end: first.start + duration };
  return [...spans.filter((span) => !short.includes(span)), folded];
}

function title(span: FileSpan): string {
  const location = span.attributes.get(ATTR_OBJECT_STORE_LOCATION);
  const file = typeof location === 'string' ? ` ${location.split('/').at(-1)}` : '';
  return span.name + file;
}

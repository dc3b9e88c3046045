import {
  ATTR_DATAFUSION_NODE,
  ATTR_ERROR_TYPE,
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_TIMING_BASIS,
  datafusionMetricKey,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_ROWS,
  type TimingBasis,
} from '@planscope/semconv';
import { treeRows } from './tree-rows.ts';
import type { TreeSpan } from './tree-span.ts';

/** How a tree looks. */
export interface TreeStyle {
  /** What stands above the names of the spans; default `span`. */
  readonly title?: string;
  /** Marks the heading, as with a colour. */
  readonly heading?: (line: string) => string;
  /** Marks the line of a span that failed. */
  readonly failed?: (line: string) => string;
}

const asItIs = (line: string): string => line;

/**
 * One line a span: name, duration, own compute time, rows that were estimated and that there were, bytes, how its times came
 * about with `!error.type` if it failed, and what an operator does. An operator that has no time window but that of its query has
 * no duration here. Rules that took next to no time and changed nothing share one line.
 */
export function renderTraceTree(spans: readonly TreeSpan[], style: TreeStyle = {}): string {
  const { title = 'span', heading = asItIs, failed = asItIs } = style;
  const rows = treeRows(spans);
  const [head = '', ...lines] = alignColumns([
    [title, 'duration', 'compute', 'rows', 'bytes', 'times'],
    ...rows.map(({ label, span }) => [label, ...figures(span), remark(span), description(span)]),
  ]);
  return [heading(head), ...lines.map((line, index) => (rows[index]?.span.failed ? failed(line) : line))].join('\n');
}

/** How the columns are set, from the left. Figures have room for what is usual, so that several trees look alike. */
const COLUMNS: readonly { readonly width: number; readonly isFigure?: true }[] = [
  { width: 0 },
  ...Array.from({ length: 4 }, () => ({ width: 11, isFigure: true as const })),
  { width: 0 },
  { width: 0 },
];

function alignColumns(table: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map(({ width }, column) =>
    table.reduce((widest, cells) => Math.max(widest, cells[column]?.length ?? 0), width),
  );
  return table.map((cells) =>
    cells
      .map((text, column) => align(text, column, widths[column] ?? 0))
      .join(' ')
      .trimEnd(),
  );
}

function align(text: string, column: number, width: number): string {
  if (COLUMNS[column]?.isFigure === true) return text.padStart(width);
  return column === 0 ? text.padEnd(width) : ` ${text.padEnd(width)}`;
}

function figures({ attributes, start, end }: TreeSpan): string[] {
  const metric = (name: string): unknown => attributes.get(datafusionMetricKey(name));
  const bytes =
    attributes.get(ATTR_OBJECT_STORE_RESULT_BYTES) ??
    attributes.get(ATTR_OBJECT_STORE_CONTENT_LENGTH) ??
    metric(METRIC_BYTES_READ) ??
    metric(METRIC_BYTES_WRITTEN);
  const rows = [metric(METRIC_ESTIMATED_ROWS), metric(METRIC_OUTPUT_ROWS)].map(count).filter((text) => text !== '');
  return [
    attributes.get(ATTR_TIMING_BASIS) === WINDOW_OF_QUERY ? '' : milliseconds(Number(end - start)),
    milliseconds(metric(METRIC_ELAPSED_COMPUTE)),
    rows.join(' → '),
    count(bytes),
  ];
}

const WINDOW_OF_QUERY = 'execution_window' satisfies TimingBasis;

function remark({ attributes, failed }: TreeSpan): string {
  const basis = String(attributes.get(ATTR_TIMING_BASIS) ?? '');
  return failed ? `${basis} !${attributes.get(ATTR_ERROR_TYPE) ?? 'error'}`.trimStart() : basis;
}

const MAX_DESCRIPTION = 100;

/** The description of an operator without its name. */
function description({ name, attributes }: TreeSpan): string {
  const node = attributes.get(ATTR_DATAFUSION_NODE);
  if (typeof node !== 'string') return '';
  const text = node.startsWith(`${name}: `) ? node.slice(name.length + 2) : node === name ? '' : node;
  return text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION)}…` : text;
}

function milliseconds(nanoseconds: unknown): string {
  return typeof nanoseconds === 'number' ? `${(nanoseconds / 1e6).toFixed(2)} ms` : '';
}

function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : '';
}

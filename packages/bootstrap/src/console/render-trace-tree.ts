import {
  ATTR_ERROR_TYPE,
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_TIMING_BASIS,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_ROWS,
  operatorMetricKey,
  type TimingBasis,
} from '@planscope/semconv';
import { type ComputeShare, computeShares } from './compute-shares.ts';
import { foldProjections, placeSharedReads } from './fold-rows.ts';
import { nodeLine } from './node-line.ts';
import { type TreeSpan, treeRows } from './tree-rows.ts';

/** Layout of a tree. */
export interface TreeStyle {
  /** Heading of the column of span names; default `span`. */
  readonly title?: string;
  /** Marks the heading, as with a colour. */
  readonly heading?: (line: string) => string;
  /** Marks the line of a span that failed. */
  readonly failed?: (line: string) => string;
}

const asItIs = (line: string): string => line;

/**
 * One line a span: name, duration, own compute time and its share in that of the query, rows that were estimated and that there
 * were, bytes, how its times came about with `!error.type` if it failed, and what an operator does. `►` marks the fewest
 * operators that took half of the compute time together. An operator that has no time window but that of its query has no
 * duration here. Rules that took next to no time and changed nothing share one line; projections that cost nothing and keep all
 * rows are left out, and counted below; reads of a file for several scans are printed once, below the first of them.
 */
export function renderTraceTree(spans: readonly TreeSpan[], style: TreeStyle = {}): string {
  const { title = 'span', heading = asItIs, failed = asItIs } = style;
  const shares = computeShares(spans);
  const shareById = new Map([...shares].map(([{ spanId }, share]) => [spanId, share]));
  const { spans: shown, folded } = foldProjections(spans, shares);
  const rows = treeRows(placeSharedReads(shown));
  const [head = '', ...lines] = alignColumns([
    [title, 'duration', 'compute', 'share', 'rows', 'bytes', 'times'],
    ...rows.map(({ label, span }) => [
      label,
      ...figures(span, shareById.get(span.spanId)),
      remark(span),
      nodeLine(span),
    ]),
  ]);
  return [
    heading(head),
    ...lines.map((line, index) => (rows[index]?.span.failed ? failed(line) : line)),
    ...(folded === 0 ? [] : [heading(`left out: ${folded} ${folded === 1 ? 'projection' : 'projections'}`)]),
  ].join('\n');
}

/** The columns, from the left. They fit usual figures, so that several trees align. */
const COLUMNS: readonly { readonly width: number; readonly isFigure?: true }[] = [
  { width: 0 },
  ...[11, 11, 6, 11, 11].map((width) => ({ width, isFigure: true as const })),
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

function figures({ attributes, start, end }: TreeSpan, share: ComputeShare | undefined): string[] {
  const metric = (name: string): unknown => attributes.get(operatorMetricKey(name));
  const bytes =
    attributes.get(ATTR_OBJECT_STORE_RESULT_BYTES) ??
    attributes.get(ATTR_OBJECT_STORE_CONTENT_LENGTH) ??
    metric(METRIC_BYTES_READ) ??
    metric(METRIC_BYTES_WRITTEN);
  return [
    attributes.get(ATTR_TIMING_BASIS) === WINDOW_OF_QUERY ? '' : milliseconds(Number(end - start)),
    milliseconds(metric(METRIC_ELAPSED_COMPUTE)),
    percent(share),
    rowsText(count(metric(METRIC_ESTIMATED_ROWS)), count(metric(METRIC_OUTPUT_ROWS))),
    count(bytes),
  ];
}

const WINDOW_OF_QUERY = 'execution_window' satisfies TimingBasis;

function remark({ attributes, failed }: TreeSpan): string {
  const basis = String(attributes.get(ATTR_TIMING_BASIS) ?? '');
  return failed ? `${basis} !${attributes.get(ATTR_ERROR_TYPE) ?? 'error'}`.trimStart() : basis;
}

/** An engine may estimate the rows of an operator without counting them. */
function rowsText(estimated: string, rows: string): string {
  return estimated === '' ? rows : `${estimated} → ${rows || '?'}`;
}

/** Empty below half a percent, so that the others stand out. */
function percent(share: ComputeShare | undefined): string {
  if (share === undefined || share.share < 0.005) return '';
  return `${share.isExpensive ? '► ' : ''}${Math.round(share.share * 100)} %`;
}

function milliseconds(nanoseconds: unknown): string {
  return typeof nanoseconds === 'number' ? `${(nanoseconds / 1e6).toFixed(2)} ms` : '';
}

function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : '';
}

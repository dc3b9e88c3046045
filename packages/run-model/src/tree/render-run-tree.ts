import { printableLine } from '@planscope/internal/printable-text';
import {
  ATTR_ERROR_TYPE,
  ATTR_TIMING_BASIS,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_ROWS,
  type TimingBasis,
} from '@planscope/semconv';
import type { Operator, Run, Span } from '../run.ts';
import { expensiveOperators } from './expensive-operators.ts';
import { foldProjections, placeSharedReads } from './fold-rows.ts';
import { rowSubject } from './row-subject.ts';
import { treeRows } from './tree-rows.ts';
import { type TreeSpan, treeSpans } from './tree-span.ts';

/** Layout of a tree. */
export interface TreeStyle {
  /** Heading of the column of span names; default `span`. */
  readonly title?: string;
  /** Marks the heading, as with a colour. */
  readonly heading?: (line: string) => string;
  /** Marks the line of a span that failed. */
  readonly failed?: (line: string) => string;
  /**
   * Width of the terminal. Names of spans are shortened and figures left out, the least important first, so that the others
   * fit. What is behind the figures may be wider.
   */
  readonly columns?: number | undefined;
}

const asItIs = (line: string): string => line;

/**
 * The spans of a run as text, one line a span: name, duration, own compute time and its share in that of the query, rows that
 * were estimated and that there were, bytes, how its times came about with `!error.type` if it failed, and what an operator does.
 * `►` marks the fewest operators that took half of the compute time together. An operator that has no time window but that of its
 * query has no duration here. Rules that took next to no time and changed nothing share one line; projections that cost nothing
 * and keep all rows are left out, and counted below; reads of a file for several scans are printed once, below the first of them.
 * Control characters are escapes. A run without spans is only the heading.
 */
export function renderRunTree(run: Run, style: TreeStyle = {}): string {
  const { title = 'span', heading = asItIs, failed = asItIs, columns } = style;
  const expensive = expensiveOperators(run.operators);
  const { spans, folded } = foldProjections(treeSpans(run));
  const rows = treeRows(placeSharedReads(spans));
  const table = [
    [title, ...FIGURES, 'times'],
    ...rows.map(({ label, row }) => [label, ...figures(row, expensive), remark(row.span), rowSubject(row)]),
  ];
  const [head = '', ...lines] = alignColumns(table, columnsFor(table, columns));
  return [
    heading(head),
    ...lines.map((line, index) => (rows[index]?.row.span.status === 'error' ? failed(line) : line)),
    ...(folded === 0 ? [] : [heading(`left out: ${folded} ${folded === 1 ? 'projection' : 'projections'}`)]),
  ].join('\n');
}

const FIGURES = ['duration', 'compute', 'share', 'rows', 'bytes'] as const;
/** Fits usual figures, so that several trees align. */
const FIGURE_WIDTHS = [11, 11, 6, 11, 11] as const;
/** What a narrow terminal does without, the least important first. */
const DISPENSABLE: readonly (typeof FIGURES)[number][] = ['share', 'duration', 'bytes'];
/** A name is not shortened further to make room for a figure. */
const SHORTEST_NAME = 20;

interface Column {
  /** The place of its cell in a row. */
  readonly cell: number;
  readonly width: number;
  readonly isFigure: boolean;
}

type Table = readonly (readonly string[])[];

function columnsFor(table: Table, available = Number.POSITIVE_INFINITY): Column[] {
  const widest = (cell: number): number => table.reduce((width, cells) => Math.max(width, cells[cell]?.length ?? 0), 0);
  const name = { cell: 0, width: widest(0), isFigure: false };
  const figures = FIGURES.map((figure, index) => ({
    figure,
    cell: index + 1,
    width: widest(index + 1),
    isFigure: true,
  }));
  const behind = [FIGURES.length + 1, FIGURES.length + 2].map((cell) => ({
    cell,
    width: widest(cell),
    isFigure: false,
  }));
  const roomy = figures.map((column, index) => ({
    ...column,
    width: Math.max(column.width, FIGURE_WIDTHS[index] ?? 0),
  }));
  if (name.width + total(roomy) <= available) return [name, ...roomy, ...behind];
  let shown = figures;
  for (const omitted of DISPENSABLE) {
    if (Math.min(name.width, SHORTEST_NAME) + total(shown) <= available) break;
    shown = shown.filter(({ figure }) => figure !== omitted);
  }
  const width = Math.min(name.width, Math.max(SHORTEST_NAME, available - total(shown)));
  return [{ ...name, width }, ...shown, ...behind];
}

/** Width of figures with the space before each. */
function total(figures: readonly Column[]): number {
  return figures.reduce((sum, { width }) => sum + width + 1, 0);
}

function alignColumns(table: Table, columns: readonly Column[]): string[] {
  return table.map((cells) =>
    columns
      .map((column) => align(cells[column.cell] ?? '', column))
      .join(' ')
      .trimEnd(),
  );
}

function align(text: string, { cell, width, isFigure }: Column): string {
  if (isFigure) return text.padStart(width);
  if (cell > 0) return ` ${text.padEnd(width)}`;
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

function figures({ span, operator, call, metrics }: TreeSpan, expensive: ReadonlySet<Operator>): string[] {
  const metric = (name: string): number | undefined => metrics[name]?.value;
  return [
    span.attributes[ATTR_TIMING_BASIS] === WINDOW_OF_QUERY ? '' : milliseconds(span.duration),
    milliseconds(metric(METRIC_ELAPSED_COMPUTE)),
    operator === undefined ? '' : percent(operator, expensive),
    rowsText(count(metric(METRIC_ESTIMATED_ROWS)), count(metric(METRIC_OUTPUT_ROWS))),
    count(call?.bytes ?? metric(METRIC_BYTES_READ) ?? metric(METRIC_BYTES_WRITTEN)),
  ];
}

const WINDOW_OF_QUERY = 'execution_window' satisfies TimingBasis;

function remark({ attributes, status }: Span): string {
  const basis = String(attributes[ATTR_TIMING_BASIS] ?? '');
  const failure = status === 'error' ? `!${attributes[ATTR_ERROR_TYPE] ?? 'error'}` : '';
  return printableLine(`${basis} ${failure}`).trim();
}

/** An engine may estimate the rows of an operator without counting them. */
function rowsText(estimated: string, rows: string): string {
  return estimated === '' ? rows : `${estimated} → ${rows || '?'}`;
}

/** Empty below half a percent, so that the others stand out. */
function percent(operator: Operator, expensive: ReadonlySet<Operator>): string {
  const { computeShare = 0 } = operator;
  if (computeShare < 0.005) return '';
  return `${expensive.has(operator) ? '► ' : ''}${Math.round(computeShare * 100)} %`;
}

function milliseconds(nanoseconds: number | undefined): string {
  return nanoseconds === undefined ? '' : `${(nanoseconds / 1e6).toFixed(2)} ms`;
}

function count(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en-US');
}

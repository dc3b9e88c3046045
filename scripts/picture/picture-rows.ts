import { type SpanNode, spanForest } from '../../internal/src/span-forest.ts';
import { computeShares } from '../../packages/bootstrap/src/console/compute-shares.ts';
import { foldProjections, placeSharedReads } from '../../packages/bootstrap/src/console/fold-rows.ts';
import { nodeLine } from '../../packages/bootstrap/src/console/node-line.ts';
import type { TreeSpan } from '../../packages/bootstrap/src/console/tree-rows.ts';
import {
  ATTR_DATAFUSION_PREVIEW,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_PLANNER,
  ATTR_SPAN_KIND,
  METRIC_BYTES_READ,
  MODIFIED_SUFFIX,
  operatorMetricKey,
} from '../../packages/semconv/src/index.ts';
import { count, type Panel } from './panel.ts';

/** What the panel of a scan shows of it, with units. */
const SHOWN: Readonly<Record<string, string>> = {
  'datafusion.metrics.output_rows': '',
  'planscope.metrics.estimated_rows': '',
  'datafusion.metrics.elapsed_compute': ' ns',
  'planscope.metrics.bytes_read': ' B',
  'planscope.metrics.read_requests': '',
  'duckdb.projections': '',
  'duckdb.filters': '',
  'duckdb.dynamic_filters': '',
  'planscope.timing.basis': '',
};
const VALUE_LENGTH = 27;

/** The attributes of the scan that read most; undefined where no scan says what it read. */
export function scanPanel(spans: readonly TreeSpan[]): Panel | undefined {
  const read = (span: TreeSpan): number => Number(span.attributes.get(operatorMetricKey(METRIC_BYTES_READ)) ?? 0);
  const [scan] = [...spans].sort((left, right) => read(right) - read(left));
  if (scan === undefined || read(scan) === 0) return undefined;
  const lines = Object.entries(SHOWN)
    .filter(([key]) => scan.attributes.has(key))
    .map(([key, unit]) => [key, shorten(written(scan.attributes.get(key)) + unit)] as const);
  return { heading: `${scan.name}: attributes, some of ${scan.attributes.size}`, lines };
}

/** The first preview of rows; undefined where there is none. */
export function previewPanel(spans: readonly TreeSpan[]): Panel | undefined {
  const span = spans.find(({ attributes }) => attributes.has(ATTR_DATAFUSION_PREVIEW));
  if (span === undefined) return undefined;
  const lines = String(span.attributes.get(ATTR_DATAFUSION_PREVIEW)).split('\n');
  return { heading: `${span.name}: ${ATTR_DATAFUSION_PREVIEW}`, lines };
}

function written(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : count(value) || String(value);
}

function shorten(value: string): string {
  return value.length > VALUE_LENGTH ? `${value.slice(0, VALUE_LENGTH - 1)}…` : value;
}

/** One line of the picture. */
export interface PictureRow {
  readonly span: TreeSpan;
  readonly depth: number;
  readonly title: string;
  /** What an operator does: its table or file, its filter or join; empty for other spans. */
  readonly detail: string;
  /** Spans that this row stands for besides its own, as in a viewer where it is folded. */
  readonly folded: number;
}

/**
 * The spans of a trace from top to bottom. So that the picture stays small, rows are folded: the steps of an engine's own
 * planner, planning that changed nothing, projections that cost nothing and keep all rows, and all outputs but the first.
 */
export function pictureRows(all: readonly TreeSpan[]): PictureRow[] {
  const { spans: kept } = foldProjections(all, computeShares(all));
  const spans = placeSharedReads(kept);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const leftOut = new Set(all.map(({ spanId }) => spanId).filter((id) => !ids.has(id)));
  const parents = new Map(all.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]));
  /** Projections that was right above a span. */
  const above = ({ spanId }: TreeSpan): number => {
    let count = 0;
    for (let id = parents.get(spanId); id !== undefined && leftOut.has(id); id = parents.get(id)) count += 1;
    return count;
  };
  const sizeOf = ({ children }: SpanNode<TreeSpan>): number =>
    children.reduce((size, child) => size + 1 + above(child.span) + sizeOf(child), 0);

  const rows: PictureRow[] = [];
  const visit = (node: SpanNode<TreeSpan>, depth: number, fold: boolean): void => {
    const { span, children } = node;
    const shown = fold ? [] : children.filter((child) => !isIdleRule(child.span));
    const folded = above(span) + (fold ? sizeOf(node) : children.length - shown.length);
    rows.push({ span, depth, title: titleOf(span), detail: nodeLine(span), folded });
    const [firstOutput] = shown.filter((child) => kindOf(child.span) === 'operator');
    for (const child of shown) {
      const isLaterOutput = depth === 0 && kindOf(child.span) === 'operator' && child !== firstOutput;
      visit(child, depth + 1, isLaterOutput || isEnginePhase(child.span));
    }
  };
  for (const root of spanForest(spans.toSorted(planningFirst), (span) => span)) visit(root, 0, false);
  return rows;
}

export function kindOf(span: TreeSpan): string {
  return String(span.attributes.get(ATTR_SPAN_KIND) ?? '');
}

/** Operators that share their engine's window would else come between its phases. */
function planningFirst(left: TreeSpan, right: TreeSpan): number {
  const place = (span: TreeSpan): number => (kindOf(span) === 'phase' ? 0 : 1);
  return place(left) - place(right) || Number(left.start - right.start);
}

function isEnginePhase(span: TreeSpan): boolean {
  return kindOf(span) === 'phase' && span.attributes.get(ATTR_PLANNER) !== 'spec';
}

/** A rule that changed nothing. Those that resolve names and schemas have spans of stores below them, and stay. */
function isIdleRule(span: TreeSpan): boolean {
  return kindOf(span) === 'rule' && !span.name.endsWith(MODIFIED_SUFFIX) && !span.name.startsWith('resolve_');
}

function titleOf(span: TreeSpan): string {
  const location = span.attributes.get(ATTR_OBJECT_STORE_LOCATION);
  if (typeof location !== 'string') return span.name;
  const name = location.split('/').at(-1) ?? location;
  const note = span.note === undefined ? '' : ` (${span.note})`;
  return `${span.name} ${name.length > 24 ? `…${name.slice(-14)}` : name}${note}`;
}

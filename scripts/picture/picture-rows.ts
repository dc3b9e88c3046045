import type { FileSpan } from '../../apps/demo/src/trace-file.ts';
import {
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_PLANNER,
  ATTR_SPAN_KIND,
  MODIFIED_SUFFIX,
} from '../../packages/semconv/src/index.ts';

/** One line of the picture. */
export interface PictureRow {
  readonly span: FileSpan;
  readonly depth: number;
  readonly title: string;
  /** Spans that this row stands for besides its own, as in a viewer where it is folded. */
  readonly folded: number;
}

/**
 * The spans of a trace from top to bottom. So that the picture stays small, rows are folded: the steps of an engine's own
 * planner, planning that changed nothing, and all outputs but the first.
 */
export function pictureRows(spans: readonly FileSpan[]): PictureRow[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const isRoot = ({ parentSpanId }: FileSpan): boolean => parentSpanId === undefined || !ids.has(parentSpanId);
  const childrenOf = (span: FileSpan): FileSpan[] =>
    spans.filter(({ parentSpanId }) => parentSpanId === span.spanId).sort(planningFirst);
  const sizeOf = (span: FileSpan): number => childrenOf(span).reduce((size, child) => size + 1 + sizeOf(child), 0);

  const rows: PictureRow[] = [];
  const visit = (span: FileSpan, depth: number, fold: boolean): void => {
    const children = childrenOf(span);
    const shown = fold ? [] : children.filter((child) => !isIdleRule(child));
    const folded = fold ? sizeOf(span) : children.length - shown.length;
    rows.push({ span, depth, title: titleOf(span), folded });
    const [firstOutput] = shown.filter((child) => kindOf(child) === 'operator');
    for (const child of shown) {
      const isLaterOutput = isRoot(span) && kindOf(child) === 'operator' && child !== firstOutput;
      visit(child, depth + 1, isLaterOutput || isEnginePhase(child));
    }
  };
  for (const root of spans.filter(isRoot)) visit(root, 0, false);
  return rows;
}

export function kindOf(span: FileSpan): string {
  return String(span.attributes.get(ATTR_SPAN_KIND) ?? '');
}

/** Operators that share their engine's window would else come between its phases. */
function planningFirst(left: FileSpan, right: FileSpan): number {
  const place = (span: FileSpan): number => (kindOf(span) === 'phase' ? 0 : 1);
  return place(left) - place(right) || Number(left.start - right.start);
}

function isEnginePhase(span: FileSpan): boolean {
  return kindOf(span) === 'phase' && span.attributes.get(ATTR_PLANNER) !== 'spec';
}

/** A rule that changed nothing. Those that resolve names and schemas have spans of stores below them, and stay. */
function isIdleRule(span: FileSpan): boolean {
  return kindOf(span) === 'rule' && !span.name.endsWith(MODIFIED_SUFFIX) && !span.name.startsWith('resolve_');
}

function titleOf(span: FileSpan): string {
  const location = span.attributes.get(ATTR_OBJECT_STORE_LOCATION);
  if (typeof location !== 'string') return span.name;
  const name = location.split('/').at(-1) ?? location;
  return `${span.name} ${name.length > 24 ? `…${name.slice(-14)}` : name}`;
}

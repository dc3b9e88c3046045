import {
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OPERATOR_NAME,
  ATTR_SPAN_KIND,
  ATTR_WARNING_COUNT,
  FIELD_ESTIMATED_ROWS,
  FIELD_EXPRESSIONS,
  FIELD_PROJECTIONS,
  METRIC_OUTPUT_ROWS,
  operatorMetricKey,
} from '@planscope/semconv';
import { type ComputeShare, isReportedOperator } from './compute-shares.ts';
import { filesOf, nodeFields } from './node-line.ts';
import type { TreeSpan } from './tree-rows.ts';

const CHEAP = 0.01;

/**
 * Removes projections that tell a reader nothing: they output as many rows as they get, in less than a hundredth of
 * the compute time of their query. Operators below one attach to the next that stays.
 */
export function foldProjections(
  spans: readonly TreeSpan[],
  shares: ReadonlyMap<TreeSpan, ComputeShare>,
): { readonly spans: readonly TreeSpan[]; readonly folded: number } {
  const children = new Map<string | undefined, TreeSpan[]>();
  for (const span of spans) {
    const siblings = children.get(span.parentSpanId);
    if (siblings === undefined) children.set(span.parentSpanId, [span]);
    else siblings.push(span);
  }
  const folded = new Map(
    spans.filter((span) => isIdle(span, children.get(span.spanId) ?? [])).map((span) => [span.spanId, span]),
  );
  const kept = spans.filter(({ spanId }) => !folded.has(spanId)).map((span) => ({ span, parent: placeOf(span) }));
  return {
    spans: kept.map(({ span, parent }) => (parent === span.parentSpanId ? span : { ...span, parentSpanId: parent })),
    folded: folded.size,
  };

  function isIdle(span: TreeSpan, below: readonly TreeSpan[]): boolean {
    const [only, ...more] = below;
    if (!isReportedOperator(span) || only === undefined || more.length > 0 || !isReportedOperator(only)) return false;
    if (span.failed || span.attributes.has(ATTR_WARNING_COUNT) || (shares.get(span)?.share ?? 0) >= CHEAP) return false;
    const rows = rowsOf(span);
    return rows !== undefined && rows === rowsOf(only) && isProjection(span);
  }

  function placeOf(span: TreeSpan): string | undefined {
    let parent = span.parentSpanId;
    for (let above = folded.get(parent ?? ''); above !== undefined; above = folded.get(parent ?? '')) {
      parent = above.parentSpanId;
    }
    return parent;
  }
}

function rowsOf({ attributes }: TreeSpan): unknown {
  return attributes.get(operatorMetricKey(METRIC_OUTPUT_ROWS));
}

function isProjection(span: TreeSpan): boolean {
  const keys = [...nodeFields(span).keys()].filter((key) => key !== FIELD_ESTIMATED_ROWS);
  const projects = keys.length > 0 && keys.every((key) => key === FIELD_PROJECTIONS || key === FIELD_EXPRESSIONS);
  return projects && /projection/i.test(String(span.attributes.get(ATTR_OPERATOR_NAME) ?? span.name));
}

/**
 * Puts the reads of a file that several scans of a query share below the first of them, with a note. An engine that does not say
 * which scan asked leaves the reads at the query, where readers do not expect them.
 */
export function placeSharedReads(spans: readonly TreeSpan[]): readonly TreeSpan[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const scans = spans.filter(isReportedOperator).flatMap((span) => {
    const files = filesOf(nodeFields(span));
    return files.length === 0 ? [] : [{ span, files, within: new Set(above(span)) }];
  });
  return spans.map((span) => {
    const { attributes, parentSpanId } = span;
    const parent = byId.get(parentSpanId ?? '');
    const location = attributes.get(ATTR_OBJECT_STORE_LOCATION);
    if (attributes.get(ATTR_SPAN_KIND) !== 'storage' || parent === undefined || isReportedOperator(parent)) return span;
    const readers = scans.filter(({ files, within }) => within.has(parent.spanId) && files.includes(String(location)));
    const [first] = readers;
    if (first === undefined || readers.length === 1) return span;
    return { ...span, parentSpanId: first.span.spanId, note: `for ${readers.length} scans` };
  });

  function above({ parentSpanId }: TreeSpan): string[] {
    const parent = byId.get(parentSpanId ?? '');
    return parent === undefined ? [] : [parent.spanId, ...above(parent)];
  }
}

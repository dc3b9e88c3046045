import { ATTR_OBJECT_STORE_LOCATION, ATTR_SPAN_KIND } from '@planscope/semconv';
import { isReportedOperator } from './compute-shares.ts';
import { filesOf, nodeFields } from './node-line.ts';
import type { TreeSpan } from './tree-span.ts';

/**
 * Puts the reads of a file that several scans of a query read below the first of them, with a note: an engine that does not say
 * which scan asked leaves them with the query, where nobody looks for them.
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

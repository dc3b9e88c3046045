import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { byStart } from './start-order.ts';

/** A span with the spans below it, in the order they were started. */
export interface SpanNode {
  readonly span: ReadableSpan;
  readonly children: readonly SpanNode[];
}

/** Arranges spans by parent; a span whose parent is not among them is a root. */
export function spanForest(spans: readonly ReadableSpan[]): SpanNode[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const byParent = new Map<string | undefined, ReadableSpan[]>();
  for (const span of [...spans].sort(byStart)) {
    const parent = span.parentSpanContext?.spanId;
    const key = parent !== undefined && ids.has(parent) ? parent : undefined;
    byParent.set(key, [...(byParent.get(key) ?? []), span]);
  }
  const below = (parent: string | undefined): SpanNode[] =>
    (byParent.get(parent) ?? []).map((span) => ({ span, children: below(span.spanContext().spanId) }));
  return below(undefined);
}

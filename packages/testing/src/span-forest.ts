import { spanForest as arrangeSpans } from '@planscope/internal/span-forest';
import type { TraceSpan } from '@planscope/run-model';
import type { RecordedSpan } from './recorded-span.ts';
import { byStart } from './start-order.ts';

/** A span with the spans below it, in the order they were started. */
export interface SpanNode<Span = RecordedSpan> {
  readonly span: Span;
  readonly children: readonly SpanNode<Span>[];
}

/** Arranges spans by parent; a span whose parent is not among them is a root. */
export function spanForest<Span extends RecordedSpan | TraceSpan>(spans: readonly Span[]): SpanNode<Span>[] {
  return arrangeSpans(spans.toSorted(byStart), (span: RecordedSpan | TraceSpan) =>
    'spanId' in span ? span : { spanId: span.spanContext().spanId, parentSpanId: span.parentSpanContext?.spanId },
  );
}

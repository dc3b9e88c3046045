import { type Span, SpanStatusCode, type TracerProvider } from '@opentelemetry/api';

/** The root span of a query, with what marks it as one; its name is that of the system, as the query has no summary. */
export function startQuerySpan(tracerProvider: TracerProvider): Span {
  const attributes = {
    'planscope.span.kind': 'query',
    'planscope.timing.basis': 'measured',
    'db.system.name': 'pipe',
  };
  return tracerProvider.getTracer('pipe-engine').startSpan('pipe', { attributes });
}

/** Marks the span as failed; the message stays out of it, as it can hold literals of the query. */
export function failSpan(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
}

import {
  type Context,
  context,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';

/**
 * The headers that continue the trace of a context in Trino, which reads the W3C format. None without a trace. An unsampled
 * trace is continued, too: Trino then makes no spans.
 */
export function traceHeaders(parent: Context): Readonly<Record<string, string>> {
  const around = trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT;
  if (!isSpanContextValid(around)) return {};
  const { traceId, spanId, traceFlags, traceState } = around;
  const state = traceState?.serialize() ?? '';
  const flags = traceFlags.toString(16).padStart(2, '0');
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(state === '' ? {} : { tracestate: state }) };
}

/** The key by which OpenTelemetry's SDK and instrumentations know that nothing is to be traced. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * Sends requests without spans of their own: an instrumentation of `fetch` would make one for each poll, and replace the
 * trace context that Trino gets.
 */
export function untraced(send: typeof fetch): typeof fetch {
  return (...args) => context.with(context.active().setValue(SUPPRESSED, true), () => send(...args));
}

import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

const parent = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: TraceFlags.NONE,
});

// A program with an SDK has one.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** Calls within a request that is not sampled. */
export function withUnsampledParent<T>(call: () => T): T {
  return context.with(parent, call);
}

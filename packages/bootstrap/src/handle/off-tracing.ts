import { ProxyTracerProvider } from '@opentelemetry/api';
import type { TracingHandle } from './tracing-handle.ts';

/** A handle that makes no span, whatever else is registered. */
export function offTracing(): TracingHandle {
  return {
    // A proxy without a delegate is the API's no-op provider.
    tracerProvider: new ProxyTracerProvider(),
    existing: false,
    registered: false,
    flush: async () => ({ complete: true, pending: 0 }),
    shutdown: async () => {},
    stats: () => [],
  };
}

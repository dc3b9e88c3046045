import type { TracerProvider } from '@opentelemetry/api';
import { inTime } from '../in-time.ts';
import type { TracingHandle } from './tracing-handle.ts';
import type { TracingSettings } from './tracing-settings.ts';

/** A handle on an SDK that the program has set up by itself: its pipeline is used and never ended. */
export function existingTracing(provider: TracerProvider, settings: TracingSettings): TracingHandle {
  settings.warn(
    `this program has already registered an OpenTelemetry SDK (${provider.constructor.name}); spans go through it, ` +
      'by its own sampler, queue and exporters. To export as configured here, start tracing before that SDK, or with register: "never"',
  );
  const flush: TracingHandle['flush'] = async (deadlineMillis = settings.deadlineMillis) => ({
    complete: !canFlush(provider) || (await inTime(deadlineMillis, (async () => provider.forceFlush())())),
  });
  return {
    tracerProvider: provider,
    existing: true,
    registered: false,
    flush,
    shutdown: async (deadlineMillis) => {
      await flush(deadlineMillis);
    },
    stats: () => [],
  };
}

function canFlush(provider: TracerProvider): provider is TracerProvider & { forceFlush(): Promise<void> } {
  return 'forceFlush' in provider && typeof provider.forceFlush === 'function';
}

import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import { allRunningQueries } from '@planscope/semconv';
import { inTime } from '../in-time.ts';
import { afterDrawing } from './draw-deferred.ts';
import type { TracingHandle, TracingSettings } from './tracing-handle.ts';

/** Key of a provider's handle, shared by all copies of this package. */
const owner = Symbol.for('planscope.bootstrap.handle');

/** Marks a provider as part of a pipeline of this package. */
export function markOwner(provider: TracerProvider, handle: TracingHandle): void {
  Object.defineProperty(provider, owner, { value: handle });
}

/** A handle on what is already registered, the program's SDK or an earlier pipeline; it never ends that. */
export function existingTracing(
  provider: TracerProvider,
  config: TracingConfig,
  settings: TracingSettings,
): TracingHandle {
  return owner in provider
    ? sharedTracing(provider[owner] as TracingHandle, settings)
    : foreignTracing(provider, config, settings);
}

function sharedTracing(handle: TracingHandle, settings: TracingSettings): TracingHandle {
  settings.warn(
    'tracing has been started before in this process; that configuration stays in force until its shutdown()',
  );
  return {
    tracerProvider: handle.tracerProvider,
    existing: true,
    registered: false,
    flush: (deadlineMillis) => handle.flush(deadlineMillis),
    shutdown: async (deadlineMillis) => {
      await handle.flush(deadlineMillis);
    },
    stats: () => handle.stats(),
    running: allRunningQueries,
  };
}

function foreignTracing(
  provider: TracerProvider,
  { exportPolicy }: TracingConfig,
  settings: TracingSettings,
): TracingHandle {
  settings.warn(
    `this program has already registered an OpenTelemetry SDK (${provider.constructor.name}); spans go through it, ` +
      'by its own sampler, queue and exporters. To export as configured here, start tracing before that SDK, or with register: "never"',
  );
  if (exportPolicy.slowQuery.thresholdMillis !== undefined) {
    settings.warn(
      'exportPolicy.slowQuery is not available under that SDK: the spans of every query go through it. A tail-sampling ' +
        'processor of a collector can keep the slow ones',
    );
  }
  const flush: TracingHandle['flush'] = (deadlineMillis = settings.deadlineMillis) =>
    afterDrawing(deadlineMillis, async (leftMillis) => ({
      complete: !canFlush(provider) || (await inTime(leftMillis, (async () => provider.forceFlush())())),
    }));
  return {
    tracerProvider: provider,
    existing: true,
    registered: false,
    flush,
    shutdown: async (deadlineMillis) => {
      await flush(deadlineMillis);
    },
    stats: () => [],
    running: allRunningQueries,
  };
}

function canFlush(provider: TracerProvider): provider is TracerProvider & { forceFlush(): Promise<void> } {
  return 'forceFlush' in provider && typeof provider.forceFlush === 'function';
}

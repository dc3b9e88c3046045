import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { drawDeferredSpans } from '@planscope/semconv';
import { createExporters } from '../create-exporters.ts';
import { createResource } from '../create-resource.ts';
import { createSampler } from '../create-sampler.ts';
import { describeLosses } from '../describe-losses.ts';
import { registerGlobally } from '../global/global-tracing.ts';
import { explainOtherApi } from '../global/other-api.ts';
import { meterPipeline } from '../metrics/meter-pipeline.ts';
import { onProcessEnd } from '../process/process-end.ts';
import { assertPipelinePolicy } from '../queue/export-policy.ts';
import { TracePipeline } from '../queue/trace-pipeline.ts';
import { markOwner } from './existing-tracing.ts';
import type { TracingHandle } from './tracing-handle.ts';
import type { TracingSettings } from './tracing-settings.ts';

/**
 * A handle on a pipeline of its own.
 *
 * @param register whether it is to stand behind the global API
 */
export function ownTracing(config: TracingConfig, settings: TracingSettings, register: boolean): TracingHandle {
  assertPipelinePolicy(config.exportPolicy);
  const sampler = createSampler(config.exportPolicy);
  const exporters = createExporters(config, settings.warn);
  const pipeline = new TracePipeline(exporters, config.exportPolicy, settings.deadlineMillis);
  const tracerProvider = new BasicTracerProvider({
    sampler,
    resource: createResource(config),
    spanLimits: spanLimits(config),
    spanProcessors: [pipeline],
  });
  const stopMetering = meterPipeline(settings.meterProvider, () => pipeline.stats());
  const unregister = register ? registerOrExplain(tracerProvider, settings) : undefined;
  const releaseProcess = holdUntilProcessEnd(pipeline, settings);
  let ending: Promise<void> | undefined;

  async function end(deadlineMillis: number): Promise<void> {
    drawDeferredSpans();
    unregister?.();
    await pipeline.shutdown(deadlineMillis);
    releaseProcess();
    stopMetering();
    reportLosses(pipeline, settings);
  }

  const handle: TracingHandle = {
    tracerProvider,
    existing: false,
    registered: unregister !== undefined,
    flush: (deadlineMillis = settings.deadlineMillis) => {
      drawDeferredSpans();
      return pipeline.flush(deadlineMillis);
    },
    shutdown: (deadlineMillis = settings.deadlineMillis) => {
      ending ??= end(deadlineMillis);
      return ending;
    },
    stats: () => pipeline.stats(),
  };
  markOwner(tracerProvider, handle);
  return handle;
}

function registerOrExplain(tracerProvider: BasicTracerProvider, settings: TracingSettings): (() => void) | undefined {
  const registration = registerGlobally({
    tracerProvider,
    contextManager: new AsyncLocalStorageContextManager().enable(),
    propagator: new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  });
  if (registration.registered) return registration.undo;
  settings.warn(explainOtherApi(registration.apiVersion));
  return undefined;
}

/** Sends what is left when the program ends by itself or by a signal, and counts what is left when it exits. */
function holdUntilProcessEnd(pipeline: TracePipeline, settings: TracingSettings): () => void {
  const made = (): number => pipeline.stats().reduce((sum, stats) => sum + stats.made, 0);
  let flushed = 0;
  return onProcessEnd({
    hasNews: () => {
      drawDeferredSpans();
      return made() > flushed;
    },
    flush() {
      flushed = made();
      return pipeline.flush(settings.deadlineMillis);
    },
    exit() {
      drawDeferredSpans();
      pipeline.finishAtExit();
      reportLosses(pipeline, settings);
    },
  });
}

function reportLosses(pipeline: TracePipeline, settings: TracingSettings): void {
  for (const stats of pipeline.stats()) {
    const losses = describeLosses(stats);
    if (losses !== undefined) settings.warn(losses);
  }
}

function spanLimits({ spanLimits: limits }: TracingConfig): Record<string, number> {
  return {
    attributeCountLimit: limits.attributeCount,
    eventCountLimit: limits.eventCount,
    linkCountLimit: limits.linkCount,
    attributePerEventCountLimit: limits.attributePerEventCount,
    attributePerLinkCountLimit: limits.attributePerLinkCount,
  };
}

import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { allRunningQueries, drawDeferredSpans } from '@planscope/semconv';
import { createExporters } from '../create-exporters.ts';
import { createResource } from '../create-resource.ts';
import { createSampler } from '../create-sampler.ts';
import { type ConfirmedBy, type DropReason, dropReasonAdvice } from '../exporter/trace-exporter.ts';
import { explainOtherApi, registerGlobally } from '../global/global-tracing.ts';
import { meterPipeline } from '../metrics/meter-pipeline.ts';
import { onProcessEnd } from '../process/process-end.ts';
import type { ExporterStats } from '../queue/delivery-ledger.ts';
import { assertPipelinePolicy } from '../queue/export-policy.ts';
import { TracePipeline } from '../queue/trace-pipeline.ts';
import { afterDrawing } from './draw-deferred.ts';
import { markOwner } from './existing-tracing.ts';
import type { TracingHandle, TracingSettings } from './tracing-handle.ts';

/**
 * A handle with its own pipeline.
 *
 * @param register whether the global API uses it
 */
export function ownTracing(config: TracingConfig, settings: TracingSettings, register: boolean): TracingHandle {
  assertPipelinePolicy(config.exportPolicy);
  const sampler = createSampler(config.exportPolicy);
  const exporters = createExporters(config, settings.warn, settings.spanExporters);
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
    await afterDrawing(deadlineMillis, (leftMillis) => {
      unregister?.();
      return pipeline.shutdown(leftMillis);
    });
    releaseProcess();
    stopMetering();
    reportLosses(pipeline, settings);
  }

  const handle: TracingHandle = {
    tracerProvider,
    existing: false,
    registered: unregister !== undefined,
    flush: (deadlineMillis = settings.deadlineMillis) =>
      afterDrawing(deadlineMillis, (leftMillis) => pipeline.flush(leftMillis)),
    shutdown: (deadlineMillis = settings.deadlineMillis) => {
      ending ??= end(deadlineMillis);
      return ending;
    },
    stats: () => pipeline.stats(),
    running: allRunningQueries,
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

/** Sends the remaining spans when the program ends normally or by a signal, and counts what remains when it exits. */
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

const describeUnknown: Readonly<Record<ConfirmedBy, string>> = {
  destination: 'sent without an answer that says whether they arrived',
  exporter: 'in batches that failed, and the exporter does not say whether any arrived',
};

/** One sentence on the spans that should have arrived and did not, with what to do about each reason; undefined when all did. */
function describeLosses(stats: ExporterStats): string | undefined {
  const { exporter, destination, confirmedBy, made, exported, unconfirmed, unknown, droppedByReason } = stats;
  const { fast_query: unwanted = 0, ...losses } = droppedByReason;
  const reasons = (Object.entries(losses) as [DropReason, number][]).map(
    ([reason, spans]) => `${spans} dropped as ${reason} (${dropReasonAdvice[reason]})`,
  );
  if (unknown > 0) reasons.push(`${unknown} ${describeUnknown[confirmedBy]}`);
  if (reasons.length === 0) return undefined;
  const wanted = made - unwanted;
  const arrived =
    confirmedBy === 'destination'
      ? `${exported} of ${wanted} spans arrived`
      : `the exporter reports success for ${unconfirmed} of ${wanted} spans`;
  return `exporter ${exporter} (${destination}): ${arrived}; ${reasons.join('; ')}`;
}

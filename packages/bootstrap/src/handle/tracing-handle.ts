import { type MeterProvider, ProxyTracerProvider, type TracerProvider } from '@opentelemetry/api';
import type { ExporterStats } from '../queue/delivery-ledger.ts';

/** How far a flush came before its deadline. */
export interface FlushOutcome {
  /** Whether every span that had ended by then was settled: exported, dropped or unknown. */
  readonly complete: boolean;
  /** Spans still held, waiting or on their way, over all exporters; absent where another SDK sends them. */
  readonly pending?: number;
}

/** A running tracing pipeline. */
export interface TracingHandle {
  /** Makes the tracers; pass it on where the global provider is not to be relied on. */
  readonly tracerProvider: TracerProvider;
  /** Whether what was registered before is used; its sampler, queue and exporters apply, not the configuration's. */
  readonly existing: boolean;
  /** Whether this pipeline is behind the global API. */
  readonly registered: boolean;
  /**
   * Waits for what is on its way and sends what waits; never rejects.
   *
   * @param deadlineMillis longest time it takes, default 5,000
   */
  flush(deadlineMillis?: number): Promise<FlushOutcome>;
  /**
   * Flushes, ends the pipeline, reports once what did not arrive, and takes back all it has registered; never rejects.
   * An SDK that was already there is flushed but goes on.
   *
   * @param deadlineMillis longest time it takes, default 5,000
   */
  shutdown(deadlineMillis?: number): Promise<void>;
  /** What happened to the spans, for each exporter; empty where another SDK sends them. */
  stats(): readonly ExporterStats[];
}

/** What every kind of handle needs beside the configuration. */
export interface TracingSettings {
  /** Longest time of a flush or shutdown that is given no deadline. */
  readonly deadlineMillis: number;
  /** Tells the operator something, once; the package's name is put in front. */
  readonly warn: (message: string) => void;
  /** Where what happened to the spans is measured. */
  readonly meterProvider: MeterProvider;
}

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

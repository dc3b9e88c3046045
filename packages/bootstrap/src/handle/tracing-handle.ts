import { type MeterProvider, ProxyTracerProvider, type TracerProvider } from '@opentelemetry/api';
import { allRunningQueries, type RunningQuery } from '@planscope/semconv';
import type { SpanExporter } from '../exporter/from-span-exporter.ts';
import type { ExporterStats } from '../queue/delivery-ledger.ts';

/** What a flush achieved before its deadline. */
export interface FlushOutcome {
  /**
   * Whether every span that had ended by then was settled, as exported, dropped or unknown, and every exporter has sent
   * what it held.
   */
  readonly complete: boolean;
  /** Spans still held, queued or in flight, over all exporters; absent if another SDK sends them. */
  readonly pending?: number;
}

/** A running tracing pipeline. */
export interface TracingHandle {
  /** Makes the tracers; pass it on if you do not want to rely on the global provider. */
  readonly tracerProvider: TracerProvider;
  /** Whether an earlier registration is used; its sampler, queue and exporters apply, not the configuration's. */
  readonly existing: boolean;
  /** Whether this pipeline is behind the global API. */
  readonly registered: boolean;
  /**
   * Waits for batches in flight and sends what is queued; never rejects.
   *
   * @param deadlineMillis longest time it takes, default 5,000
   */
  flush(deadlineMillis?: number): Promise<FlushOutcome>;
  /**
   * Flushes, ends the pipeline, reports once what did not arrive, and removes its registrations; never rejects.
   * An SDK that was already registered is flushed but goes on.
   *
   * @param deadlineMillis longest time it takes, default 5,000
   */
  shutdown(deadlineMillis?: number): Promise<void>;
  /** What happened to the spans, for each exporter; empty if another SDK sends them. */
  stats(): readonly ExporterStats[];
  /**
   * The queries that run now in this process, those of engines and the traced ones of the program, the longest first, with
   * their progress where the engine tells it: a snapshot, made without a statement or a request. Empty if no package that
   * runs queries is loaded.
   */
  running(): readonly RunningQuery[];
}

/** What every kind of handle needs besides the configuration. */
export interface TracingSettings {
  /** Longest time of a flush or shutdown without a deadline. */
  readonly deadlineMillis: number;
  /** Prints a message for the operator once, prefixed with the package's name. */
  readonly warn: (message: string) => void;
  /** Exporters of the program, in addition to those of the configuration. */
  readonly spanExporters: readonly SpanExporter[];
  /** Where what happened to the spans is measured. */
  readonly meterProvider: MeterProvider;
}

/** A handle that makes no spans, whatever else is registered. */
export function offTracing(): TracingHandle {
  return {
    // A proxy without a delegate is the API's no-op provider.
    tracerProvider: new ProxyTracerProvider(),
    existing: false,
    registered: false,
    flush: async () => ({ complete: true, pending: 0 }),
    shutdown: async () => {},
    stats: () => [],
    running: allRunningQueries,
  };
}

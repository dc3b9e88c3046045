import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import type { RequestObserver } from '@planscope/duckdb';
import { ioReportRecorder } from '@planscope/exec-instrumentation';
import { contextClock, type IoReport, type PlanningContext, type ReportRecorder } from '@planscope/plan';
import { ioOptions } from './io-options.ts';

/**
 * Makes an observer for the requests of one step of planning. They become spans below the phase or rule of the context,
 * as those of the program's own stores do.
 */
export type PlanningRequests = (context: PlanningContext) => RequestObserver;

/** What recording the requests of planning needs. */
interface PlanningRequestMeans {
  /** The engine that makes them. */
  readonly backend: { readonly name: string; readonly version: string };
  readonly tracerProvider: TracerProvider;
}

/**
 * Records the requests that DuckDB itself makes while a run is planned, when it looks for columns. They belong to no
 * operator and to no report.
 *
 * @param noteBytes called with the number of bytes of the requests
 * @returns undefined if the run does not trace storage
 */
export function planningRequests(
  config: TracingConfig,
  { backend: { name, version }, tracerProvider }: PlanningRequestMeans,
  noteBytes: (bytes: number) => void,
): PlanningRequests | undefined {
  if (!config.enabled || !config.instrumentObjectStore) return undefined;
  let record: ReportRecorder | undefined;
  return ({ otelContext, run, budget, warn }) => {
    const clock = contextClock(otelContext);
    const start = clock().toString();
    return (requests) => {
      if (requests.length === 0) return;
      noteBytes(bytesRead(requests));
      const window = { start, end: clock().toString() };
      const place = { otelContext, window, hasOwnSpan: false };
      const report = { version: 2, engine: { name, version }, status: 'ok', window, io: requests } as const;
      record ??= ioReportRecorder(ioOptions(config, tracerProvider));
      record(report, { place, stages: new Map(), operators: new Map(), run, budget, warn });
    };
  };
}

function bytesRead(requests: readonly IoReport[]): number {
  return requests
    .filter(({ operation }) => operation.startsWith('get'))
    .reduce((sum, { bytes }) => sum + Number(bytes), 0);
}

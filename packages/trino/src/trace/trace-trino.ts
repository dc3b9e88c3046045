import { context, type TracerProvider, trace } from '@opentelemetry/api';
import { canRecord, drawBeforeFlush } from '@planscope/internal/tracer-provider';
import type { EngineReport } from '@planscope/plan/report';
import type { QueryObserver } from '../client/running-query.ts';
import { observedClient, type TrinoClient } from '../client/trino-client.ts';
import { trinoReportRecorders } from '../report/draw-query.ts';
import { fetchReport } from './fetch-report.ts';
import { ObservedQuery, type ObservedQueryOptions } from './observed-query.ts';
import { queryMetrics } from './query-metrics.ts';
import type { QuerySpanStart } from './query-span.ts';
import type { QueryTracing } from './query-tracing.ts';
import { reportQueue } from './report-queue.ts';
import { drawReportedQuery } from './reported-query.ts';
import { traceHeaders, untraced } from './trace-context.ts';
import { checkTraceOptions, type TraceTrinoOptions } from './trace-options.ts';
import { recordingFailed, warnOf } from './trace-warnings.ts';
import { TracedQuery } from './traced-query.ts';

/** A client whose queries have spans. */
export interface TracedTrinoClient extends TrinoClient {
  /**
   * Draws a query that another client sent: below the active span, or without one below Trino's own span of the query, which
   * is in the trace of that client. Waits for the end of the query.
   *
   * @param options.signal ends the waiting, not the query
   * @returns what Trino reports of it
   * @throws TrinoClientError `unexpected-response`, with status 410 if Trino has forgotten the query
   * @throws the reason of the signal
   */
  traceQuery(queryId: string, options?: { readonly signal?: AbortSignal }): Promise<EngineReport>;
  /** Resolves when the spans of all queries that have ended are made. */
  flush(): Promise<void>;
}

/** The limit where the server of the query did not answer any more, in milliseconds. */
const GONE_TIMEOUT = 1_000;
const DEFAULT_REPORT_TIMEOUT = 10_000;

/**
 * Returns a client of a Trino cluster whose queries have spans. The span of a query is below the active span of the caller;
 * Trino gets it as the parent of its own spans. After the last row the client asks Trino for the report of the query, and
 * draws it below: phases and rules of the planner, stages, tasks and operators.
 *
 * @throws TrinoClientError `invalid-option`
 * @throws the error of a recorder for invalid options
 */
export function traceTrino(options: TraceTrinoOptions): TracedTrinoClient {
  checkTraceOptions(options);
  const warn = warnOf(options);
  const recorders = trinoReportRecorders(options);
  const { reportTimeout = DEFAULT_REPORT_TIMEOUT, fetch: send = fetch } = options;
  const provider = (): TracerProvider => options.tracerProvider ?? trace.getTracerProvider();
  const sending = { ...options, fetch: untraced(send) };
  const tracing: QueryTracing = {
    options,
    recorders,
    reportTimeout,
    provider,
    warn,
    fetchReport: (queryId, isGone) => fetchReport(client, queryId, isGone ? GONE_TIMEOUT : reportTimeout),
    later: (task) => reportQueue.add(task),
  };
  const client = observedClient(sending, (sql, sendQuery, session) => {
    const parent = context.active();
    const recorder = recorderOf(tracing, { sql, session, parent, server: client.server });
    const around = recorder === undefined ? parent : trace.setSpan(parent, recorder.span);
    const observer = observerOf(tracing, { sql, server: client.server, context: around, recorder });
    return sendQuery({ headers: traceHeaders(around), ...(observer === undefined ? {} : { observer }) });
  });
  return {
    ...client,
    traceQuery: (queryId, { signal } = {}) => drawReportedQuery(client, tracing, queryId, signal),
    flush: () => reportQueue.flush(),
  };
}

/** Starts the span of a query, unless it is not to be recorded. */
function recorderOf(tracing: QueryTracing, query: Omit<QuerySpanStart, 'start'>): TracedQuery | undefined {
  try {
    if (!isRecorded(tracing.options, tracing.provider())) return undefined;
    drawBeforeFlush(tracing.provider());
    const recorder = new TracedQuery(tracing, query);
    if (recorder.span.isRecording()) return recorder;
    recorder.span.end();
  } catch (error) {
    tracing.warn(recordingFailed(error));
  }
  return undefined;
}

function isRecorded({ requireParentSpan = false }: TraceTrinoOptions, provider: TracerProvider): boolean {
  const parent = context.active();
  return canRecord(provider, parent) && (!requireParentSpan || trace.getSpanContext(parent) !== undefined);
}

/** Returns undefined if a query is neither recorded nor measured. */
function observerOf(
  { options, warn }: QueryTracing,
  query: Omit<ObservedQueryOptions, 'metrics' | 'warn'>,
): QueryObserver | undefined {
  try {
    const metrics = queryMetrics(options.meterProvider);
    if (metrics !== undefined || query.recorder !== undefined) return new ObservedQuery({ ...query, metrics, warn });
  } catch (error) {
    warn(recordingFailed(error));
  }
  return query.recorder;
}

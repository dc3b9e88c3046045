import { type Context, context, SpanStatusCode, trace } from '@opentelemetry/api';
import { finishInSlices, type Steps } from '@planscope/internal/steps';
import { canRecord } from '@planscope/internal/tracer-provider';
import { type EngineReport, engineSpanContext, type RunWarning, toHrTime } from '@planscope/plan/report';
import { ATTR_ERROR_TYPE, ATTR_RUN_STATUS } from '@planscope/semconv';
import { pause } from '../client/coordinator.ts';
import type { TrinoClient } from '../client/trino-client.ts';
import { readQueryInfo } from '../report/read-query-info.ts';
import { readReport } from '../report/read-report.ts';
import { ATTR_TRINO_QUERY_ID } from '../semconv.ts';
import { drawingReport, warningAttributes } from './draw-report.ts';
import { startQuerySpan } from './query-span.ts';
import type { QueryTracing } from './query-tracing.ts';
import { recordingFailed, reportNotFinal } from './trace-warnings.ts';

const [FIRST_DELAY, LONGEST_DELAY] = [100, 2_000];
const DONE = new Set(['FINISHED', 'FAILED']);

/** Waits for the end of a query of another client, and draws it. */
export async function drawReportedQuery(
  client: TrinoClient,
  tracing: QueryTracing,
  queryId: string,
  signal: AbortSignal | undefined,
): Promise<EngineReport> {
  const parent = context.active();
  await untilDone(client, queryId, signal);
  const { json, isFinal } = await tracing.fetchReport(queryId, false);
  const warnings = isFinal ? [] : [reportNotFinal(queryId, tracing.reportTimeout)];
  const reading = await readReport(json, undefined, (warning) => warnings.push(warning));
  const report = withStatement(reading.report);
  try {
    await finishInSlices(drawing(report, tracing, { parent, server: client.server, queryId, warnings }));
  } catch (error) {
    tracing.warn(recordingFailed(error));
  }
  return report;
}

async function untilDone(client: TrinoClient, queryId: string, signal: AbortSignal | undefined): Promise<void> {
  const options = { pruned: true, ...(signal === undefined ? {} : { signal }) };
  for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
    if (DONE.has(readQueryInfo(await client.queryInfo(queryId, options)).state)) return;
    await pause(delay, signal);
  }
}

interface ReportedQuery {
  readonly parent: Context;
  readonly server: URL;
  readonly queryId: string;
  readonly warnings: readonly RunWarning[];
}

function* drawing(
  report: EngineReport,
  tracing: QueryTracing,
  { parent: active, server, queryId, warnings }: ReportedQuery,
): Steps<void> {
  const engine = engineSpanContext(report);
  const isAlone = trace.getSpanContext(active) === undefined;
  const parent = isAlone && engine !== undefined ? trace.setSpanContext(active, engine) : active;
  if (!canRecord(tracing.provider(), parent)) return;
  const { window, status, error } = report;
  const [start, end] = [BigInt(window.start), BigInt(window.end)];
  const sql = report.query?.text ?? '';
  const span = startQuerySpan({ sql, session: {}, parent, start, server }, tracing);
  const told: RunWarning[] = [];
  const warn = (warning: RunWarning): void => {
    told.push(warning);
    tracing.warn(warning);
  };
  try {
    for (const warning of warnings) warn(warning);
    span.setAttributes({ [ATTR_RUN_STATUS]: status, [ATTR_TRINO_QUERY_ID]: queryId });
    if (status === 'error') {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error?.code ?? '' });
      span.setAttribute(ATTR_ERROR_TYPE, error?.code ?? '_OTHER');
    }
    yield* drawingReport(report, tracing, { span, parent, start, end, warn });
    span.setAttributes(warningAttributes(told));
  } finally {
    span.end(toHrTime(end));
  }
}

const IMMEDIATE = /^\s*execute\s+immediate\s+'((?:[^']|'')*)'/i;

/** The report with the statement within `EXECUTE IMMEDIATE`, whose text a redaction would take for a value. */
function withStatement(report: EngineReport): EngineReport {
  const { query } = report;
  const [, statement] = IMMEDIATE.exec(query?.text ?? '') ?? [];
  if (query === undefined || statement === undefined) return report;
  return { ...report, query: { ...query, text: statement.replaceAll("''", "'") } };
}

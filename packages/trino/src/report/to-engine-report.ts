import type { EngineReport, ExecutionStatus, TimeWindow } from '@planscope/plan/report';
import { ENGINE_NAME } from '../semconv.ts';
import type { TrinoQueryInfo } from './query-info.ts';

/** Makes the report from which the spans of a query are drawn. Its texts have their literals; recorders redact them. */
export function toEngineReport(info: TrinoQueryInfo): EngineReport {
  const { queryId, query, queryType, traceparent, version } = info;
  const status = queryStatus(info);
  return {
    version: 2,
    engine: { name: ENGINE_NAME, version },
    ...(queryId === '' ? {} : { queryId }),
    ...(query === undefined
      ? {}
      : { query: { text: query, ...(queryType === undefined ? {} : { operation: queryType }) } }),
    status,
    ...(!info.isFinal || status !== 'ok' ? { partial: true } : {}),
    ...(traceparent === undefined ? {} : { traceparent }),
    window: queryWindow(info),
  };
}

const CANCELLED = new Set(['USER_CANCELED', 'ABANDONED_QUERY']);

/** A query that still runs has no status of its own; its numbers are partial, and what it has done so far went well. */
function queryStatus({ state, error }: TrinoQueryInfo): ExecutionStatus {
  if (error !== undefined && CANCELLED.has(error.name)) return 'cancelled';
  return error !== undefined || state === 'FAILED' ? 'error' : 'ok';
}

function queryWindow({ stats: { created = '0', ended, elapsed = 0 } }: TrinoQueryInfo): TimeWindow {
  const end = ended ?? (BigInt(created) + BigInt(elapsed)).toString();
  return { start: created, end: BigInt(end) < BigInt(created) ? created : end };
}

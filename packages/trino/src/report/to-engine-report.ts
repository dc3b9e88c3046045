import { finish, type Steps } from '@planscope/internal/steps';
import type { EngineErrorReport, EngineReport, ExecutionStatus, StageReport, TimeWindow } from '@planscope/plan/report';
import { ENGINE_NAME } from '../semconv.ts';
import { planningReports, queueReports } from './planning-reports.ts';
import type { TrinoQueryInfo } from './query-info.ts';
import { queryWindow } from './query-window.ts';
import { queryMetrics } from './report-metrics.ts';
import { errorReport, makingStages } from './stage-reports.ts';
import { isBefore } from './task-windows.ts';

/** How a query ended for its client, which may know it before the cluster reports it. */
export interface TrinoOutcome {
  readonly status: ExecutionStatus;
  readonly error?: EngineErrorReport;
}

/**
 * Makes the report from which the spans of a query are drawn. Its texts have their literals; the recorders redact them.
 * It is `partial` if the numbers may still change, or if the query did not finish.
 *
 * @param outcome used while the cluster does not say how the query ended
 */
export function toEngineReport(info: TrinoQueryInfo, outcome?: TrinoOutcome): EngineReport {
  return finish(makingEngineReport(info, outcome));
}

/** The same in steps: each stage is one. */
export function* makingEngineReport(info: TrinoQueryInfo, outcome?: TrinoOutcome): Steps<EngineReport> {
  const { queryId, query, queryType, traceparent, version, stats, rules } = info;
  const { status, error } = outcomeOf(info, outcome);
  const window = queryWindow(stats);
  const stages = info.stages === undefined ? undefined : yield* makingStages(info.stages, info.inputs);
  const operation = queryType === undefined ? {} : { operation: queryType };
  const planning = planningReports(stats, rules, window.end);
  const queue = queueReports(stats);
  return {
    version: 2,
    engine: { name: ENGINE_NAME, version },
    ...(queryId === '' ? {} : { queryId }),
    ...(query === undefined ? {} : { query: { text: query, ...operation } }),
    status,
    ...(error === undefined ? {} : { error }),
    ...(!info.isFinal || status !== 'ok' ? { partial: true } : {}),
    ...(traceparent === undefined ? {} : { traceparent }),
    window: status === 'ok' ? window : withStoppedTasks(window, stages ?? []),
    ...(queue.length === 0 ? {} : { queue }),
    ...(planning.length === 0 ? {} : { planning }),
    ...(stages === undefined ? {} : { stages }),
    metrics: queryMetrics(stats.totals),
  };
}

const CANCELLED: ReadonlySet<string> = new Set(['USER_CANCELED', 'ABANDONED_QUERY']);

function outcomeOf({ state, error }: TrinoQueryInfo, outcome: TrinoOutcome | undefined): TrinoOutcome {
  if (error !== undefined) {
    return { status: CANCELLED.has(error.name) ? 'cancelled' : 'error', error: errorReport(error) };
  }
  if (state === 'FAILED') return { status: 'error' };
  if (state === 'FINISHED' || outcome === undefined) return { status: 'ok' };
  return outcome.status === 'ok' ? { status: 'ok' } : outcome;
}

/** The tasks of a query that fails or is cancelled are stopped after its end. */
function withStoppedTasks({ start, end }: TimeWindow, stages: readonly StageReport[]): TimeWindow {
  const ends = stages.flatMap(({ timing }) => timing.window?.end ?? []);
  return { start, end: ends.reduce((last, other) => (isBefore(last, other) ? other : last), end) };
}

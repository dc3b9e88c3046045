import { present } from '@planscope/internal/present';
import { finish, type Steps } from '@planscope/internal/steps';
import { engineSpanContext } from '@planscope/plan/report';
import type { TrinoInput, TrinoQueryInfo, TrinoQueryStats, TrinoRule } from './query-info.ts';
import { queryWindow } from './query-window.ts';
import { readError } from './read-error.ts';
import { readingStages } from './read-stages.ts';
import { readTotals } from './read-totals.ts';
import { countOf, durationOf, type Fields, fieldsOf, instantOf, listOf, textOf, wordOf } from './report-values.ts';

/**
 * Reads what Trino reports of a query, in the form of any version. Never throws: what has another form than expected is
 * left out, and a part of unknown form is named in `unknown`; the part `report` is the whole.
 *
 * @param json the body of `GET /v1/query/{id}`, as JSON text or as a parsed value
 */
export function readQueryInfo(json: unknown): TrinoQueryInfo {
  return finish(readingQueryInfo(json));
}

/** The same in steps: each stage and task is one, and parsing a text the first. */
export function* readingQueryInfo(json: unknown): Steps<TrinoQueryInfo> {
  const fields = fieldsOf(typeof json === 'string' ? parsed(json) : json) ?? {};
  yield;
  const unknown = new Set<string>();
  const queryId = wordOf('id', fields.queryId);
  if (queryId === undefined) unknown.add('report');
  const stats = fieldsOf(fields.queryStats) ?? {};
  const times = readStats(stats);
  const stages = yield* readingStages(fields, queryWindow(times).end, unknown);
  return {
    queryId: queryId ?? '',
    state: wordOf('state', fields.state) ?? '',
    isFinal: fields.finalQueryInfo === true,
    version: wordOf('version', fieldsOf(fields.version)?.version) ?? '',
    ...present({
      query: textOf(fields.query),
      queryType: wordOf('state', fields.queryType),
      error: readError(fields.errorCode, fields.failureInfo),
      traceparent: readTraceparent(fields.session),
      stages,
    }),
    stats: times,
    rules: (listOf(stats.optimizerRulesSummaries) ?? []).flatMap(readRule),
    inputs: (listOf(fields.inputs) ?? []).map(readInput),
    unknown: [...unknown],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Without tracing, or where the query is not sampled, Trino has no span of it. */
function readTraceparent(session: unknown): string | undefined {
  const traceparent = textOf(fieldsOf(fieldsOf(session)?.querySpan)?.traceparent);
  return traceparent !== undefined && engineSpanContext({ traceparent }) !== undefined ? traceparent : undefined;
}

function readStats(stats: Fields): TrinoQueryStats {
  return {
    ...present({
      created: instantOf(stats.createTime),
      executionStarted: instantOf(stats.executionStartTime),
      ended: instantOf(stats.endTime),
      elapsed: durationOf(stats.elapsedTime),
      queued: durationOf(stats.queuedTime),
      resourceWaiting: durationOf(stats.resourceWaitingTime),
      dispatching: durationOf(stats.dispatchingTime),
      analysis: durationOf(stats.analysisTime),
      planning: durationOf(stats.planningTime),
    }),
    totals: readTotals(stats),
  };
}

function readRule(value: unknown): TrinoRule[] {
  const fields = fieldsOf(value) ?? {};
  const rule = wordOf('name', fields.rule);
  const [invocations, applied, totalTime] = [fields.invocations, fields.applied, fields.totalTime].map(countOf);
  if (rule === undefined || invocations === undefined || applied === undefined || totalTime === undefined) return [];
  return [{ rule, invocations, applied: Math.min(applied, invocations), totalTime }];
}

function readInput(value: unknown): TrinoInput {
  const fields = fieldsOf(value) ?? {};
  return present({
    connector: textOf(fields.connectorName),
    catalog: textOf(fields.catalogName),
    schema: textOf(fields.schema),
    table: textOf(fields.table),
    planNodeId: wordOf('id', fields.planNodeId),
  });
}

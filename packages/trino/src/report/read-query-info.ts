import { present } from '@planscope/internal/present';
import type { TrinoError, TrinoQueryInfo, TrinoQueryStats, TrinoRule } from './query-info.ts';
import { readTotals } from './read-totals.ts';
import { countOf, durationOf, type Fields, fieldsOf, instantOf, listOf, textOf } from './report-values.ts';

/**
 * Reads what Trino reports of a query, in the form of any version. Never throws: what has another form than expected is
 * left out, and a part of unknown form is named in `unknown`. The part `report` is the whole.
 *
 * @param json the body of `GET /v1/query/{id}`, as JSON text or as a parsed value
 */
export function readQueryInfo(json: unknown): TrinoQueryInfo {
  const fields = fieldsOf(typeof json === 'string' ? parsed(json) : json) ?? {};
  return readHead(fields);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readHead(fields: Fields): TrinoQueryInfo {
  const session = fieldsOf(fields.session) ?? {};
  const stats = fieldsOf(fields.queryStats) ?? {};
  return {
    queryId: textOf(fields.queryId) ?? '',
    state: textOf(fields.state) ?? '',
    isFinal: fields.finalQueryInfo === true,
    version: textOf(fieldsOf(fields.version)?.version) ?? '',
    ...present({
      query: textOf(fields.query),
      queryType: textOf(fields.queryType),
      error: readError(fields),
      traceparent: textOf(fieldsOf(session.querySpan)?.traceparent),
    }),
    stats: readStats(stats),
    rules: (listOf(stats.optimizerRulesSummaries) ?? []).flatMap(readRule),
    inputs: [],
    unknown: textOf(fields.queryId) === undefined ? ['report'] : [],
  };
}

function readError(fields: Fields): TrinoError | undefined {
  const code = fieldsOf(fields.errorCode);
  const name = textOf(code?.name);
  if (name === undefined) return undefined;
  return { name, ...present({ type: textOf(code?.type), message: textOf(fieldsOf(fields.failureInfo)?.message) }) };
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
  const [rule, invocations, applied] = [textOf(fields.rule), countOf(fields.invocations), countOf(fields.applied)];
  const totalTime = countOf(fields.totalTime);
  if (rule === undefined || invocations === undefined || applied === undefined || totalTime === undefined) return [];
  return [{ rule, invocations, applied: Math.min(applied, invocations), totalTime }];
}

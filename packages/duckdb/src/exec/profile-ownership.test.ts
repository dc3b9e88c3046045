// A process of its own, since it mocks a module: files share one if these options are the same.
// @vitest-environment-options { "process": "profile-ownership" }
import type { ExecutionOutcome } from '@planscope/plan';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { collect, flightsExec, metric, operatorsOf } from '../../test/flights-exec.ts';
import { taskContext } from '../../test/task-context.ts';
import { ConnectionProfiler } from '../measure/connection-profiler.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';

/** Changes a profile between DuckDB and the parser. */
let altered: (text: string | undefined) => string | undefined = (text) => text;
const take = ConnectionProfiler.prototype.take;
beforeAll(() => {
  vi.spyOn(ConnectionProfiler.prototype, 'take').mockImplementation(function (this: ConnectionProfiler) {
    return altered(take.call(this));
  });
});
afterAll(() => vi.restoreAllMocks());

/** The version that is passed to the parser; undefined for the real one. */
let version: string | undefined;
vi.mock(import('../profile/parse-profile.ts'), async (original) => {
  const actual = await original();
  return { ...actual, parseProfile: (text, own) => actual.parseProfile(text, version ?? own) };
});

let session: DuckDBSession;
beforeAll(async () => {
  session = await DuckDBSession.open();
});
afterAll(() => session.close());
afterEach(() => {
  altered = (text) => text;
  version = undefined;
});

/** A query whose profile shows the mark. */
const marked = (mark: number): string => `SELECT date, delay + ${mark} AS d FROM flights WHERE distance > ${mark}`;

/** The filters of an outcome's scans, which contain the mark. */
function marksOf({ report }: ExecutionOutcome): unknown {
  return [...operatorsOf(report?.operators)].flatMap(({ attributes }) => attributes?.['duckdb.filters'] ?? []);
}

type Fate = 'done' | 'failed' | 'cancelled' | 'abandoned' | 'never started';

async function meet(fate: Fate, mark: number): Promise<ExecutionOutcome> {
  const controller = new AbortController();
  const sql = fate === 'failed' ? `${marked(mark)} AND CAST(origin AS INTEGER) = 1` : marked(mark);
  const execution = (await flightsExec(session, sql)).execute(0, taskContext(controller.signal));
  const iterator = execution.batches[Symbol.asyncIterator]();
  if (fate === 'done' || fate === 'failed') await collect(execution).catch(() => {});
  if (fate === 'cancelled') {
    await iterator.next();
    controller.abort();
    await iterator.next().catch(() => {});
  }
  if (fate === 'abandoned') await iterator.next();
  if (fate === 'abandoned' || fate === 'never started') await iterator.return?.();
  return execution.outcome;
}

describe('a profile', () => {
  it('belongs to its query, however the concurrent queries end', async () => {
    const fates: readonly Fate[] = ['done', 'failed', 'cancelled', 'abandoned', 'never started', 'done'];
    const runs = [100, 200].flatMap((base) => fates.map((fate, index) => ({ fate, mark: base + index })));
    const outcomes = await Promise.all(runs.map(({ fate, mark }) => meet(fate, mark)));
    for (const [index, { fate, mark }] of runs.entries()) {
      const outcome = outcomes[index] as ExecutionOutcome;
      expect([fate, marksOf(outcome)]).toEqual([fate, fate === 'done' ? [`distance>${mark}`] : []]);
      if (fate !== 'done') expect(outcome.report?.operators).toBeUndefined();
    }
  });

  it('belongs to its query, even if another query runs while its rows are read', async () => {
    const outer = (await flightsExec(session, marked(70))).execute(0, taskContext());
    const inner: ExecutionOutcome[] = [];
    for await (const _ of outer.batches) {
      if (inner.length < 3) inner.push(await meet('done', 1000 + inner.length));
    }
    expect(marksOf(await outer.outcome)).toEqual(['distance>70']);
    expect(inner.map(marksOf)).toEqual([['distance>1000'], ['distance>1001'], ['distance>1002']]);
  });

  it.each<[string, string, (text: string | undefined) => string | undefined, string?]>([
    ['is missing', 'profile-missing', () => undefined],
    ['is empty', 'profile-unreadable', () => ''],
    ['is cut short', 'profile-unreadable', (text) => text?.slice(0, text.length / 2)],
    ['lacks a field', 'profile-unreadable', (text) => text?.replaceAll('operator_timing', 'operator_time')],
    [
      'has another type',
      'profile-unreadable',
      (text) => text?.replace(/"rows_returned": \d+/, '"rows_returned": "all"'),
    ],
    ['is not an object', 'profile-unreadable', () => '[]'],
    ['has an unknown version', 'profile-version-unknown', (text) => text, 'v3.0.0'],
  ])('that %s raises a warning and loses no rows', async (_, code, alter, told) => {
    altered = alter;
    version = told;
    const context = taskContext();
    const node = await flightsExec(session, 'SELECT delay FROM flights WHERE delay > 300');
    const { outcome } = await collect(node.execute(0, context));
    expect(outcome.status).toBe('ok');
    expect(metric(outcome.report ?? {}, 'output_rows')).toBe(2151);
    expect(outcome.report?.operators).toBeUndefined();
    expect(context.warnings.map((warning) => [warning.code, warning.operator])).toEqual([[code, 'DuckDBExec']]);
    expect(context.warnings[0]?.message).toContain('operators and planning are missing');
    expect(JSON.stringify(context.warnings)).not.toContain('300');
  });
});

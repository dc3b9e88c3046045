import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { EngineReport } from '@planscope/plan';
import { EVENT_PLAN_CHANGED } from '@planscope/semconv';
import { createSpanRecorder } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { traceConnection } from '../trace/trace-connection.ts';
import { PlanHistory } from './plan-history.ts';

const report = (text: string, name: string, end = 0): EngineReport => ({
  version: 2,
  engine: { name: 'duckdb', version: '1' },
  query: { text },
  status: 'ok',
  window: { start: '0', end: `${end}000000` },
  operators: [{ id: '0', name, timing: { basis: 'execution_window' }, metrics: [], children: [] }],
});

describe('the history of plans', () => {
  it('tells the plan before, when it was seen last, and how often in a row', () => {
    const history = new PlanHistory();
    expect(history.observe(report('SELECT 1', 'A', 1))?.changedFrom).toBeUndefined();
    const first = history.observe(report('SELECT 2', 'A', 2));
    expect(first?.changedFrom).toBeUndefined();
    expect(history.observe(report('SELECT 3', 'B', 3))?.changedFrom).toMatchObject({
      plan: first?.plan,
      seen: 2,
      runs: 2,
    });
    expect(history.observe(report('SELECT a', 'A', 4))?.changedFrom).toBeUndefined();
  });

  type Execution = readonly [plan: string, compute: number, status?: 'error'];

  /** Executions of one query one after another, and what was compared at each. */
  const compare = (...all: readonly Execution[]) => {
    const history = new PlanHistory();
    return all.map(([name, compute, status]) => {
      const { operators = [], ...rest } = report('SELECT 1', name, 1);
      const metrics = [{ name: 'elapsed_compute', value: compute * 1e6, unit: 'ns', type: 'time' } as const];
      const measured = operators.map((operator) => ({ ...operator, metrics }));
      return history.observe({ ...rest, status: status ?? 'ok', operators: measured })?.compared;
    });
  };
  const runs = (plan: string, compute: number, count = 5): Execution[] =>
    Array.from({ length: count }, (_, index) => [plan, compute + index]);

  it('compares the plans once, when both have run five times', () => {
    const told = compare(...runs('A', 100, 7), ...runs('B', 200, 9), ...runs('A', 100));
    expect(told.flatMap((compared, index) => (compared === undefined ? [] : [index]))).toEqual([11, 20]);
    expect(told[11]).toMatchObject({
      regressed: true,
      before: { runs: 7 },
      after: { runs: 5 },
      shown: { name: 'compute', before: 104e6, after: 202e6, chance: 1 / 252 },
    });
    // The last five of either.
    expect(told[11]?.before.numbers).toHaveLength(5);
    expect(told[20]).toMatchObject({ regressed: false, shown: { before: 206e6, after: 102e6 } });
  });

  it('compares no plan that ran fewer times without a failure, or that changed before', () => {
    const none = (...all: readonly Execution[]): void => expect(compare(...all).filter(Boolean)).toEqual([]);
    none(...runs('A', 100, 4), ...runs('B', 200, 9));
    none(...runs('A', 100), ...runs('B', 200, 4), ...runs('A', 100, 9));
    none(...runs('A', 100), ...runs('B', 200, 4), ['B', 200, 'error'], ['B', 200, 'error']);
  });

  it('holds the queries that ran last', () => {
    const history = new PlanHistory(2);
    for (const text of ['a', 'b', 'a', 'c']) history.observe(report(text, 'A'));
    expect(history.size).toBe(2);
    expect(history.observe(report('a', 'B'))?.changedFrom).toBeDefined();
    expect(history.observe(report('b', 'B'))?.changedFrom).toBeUndefined();
  });
});

it('tells databases in memory apart, whose tables have equal names', async () => {
  const recorder = createSpanRecorder();
  const opened = await Promise.all(
    ['', `SET disabled_optimizers = 'filter_pushdown'`].map(async (setting) => {
      const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
      const open = async (events: boolean): Promise<DuckDBConnection> => {
        const plain = await instance.connect();
        if (setting !== '') await plain.run(setting);
        const { tracerProvider } = recorder;
        return traceConnection(plain, { tracerProvider, warn: () => {}, ...(events ? { events: { instance } } : {}) });
      };
      const connections = [await open(false), await open(true), await open(true)];
      await connections[0]?.run('CREATE TABLE colours AS SELECT range AS id FROM range(50_000)');
      return { instance, connections };
    }),
  );
  // On each database its own plan, the two in turns.
  for (const index of [0, 1, 2]) {
    for (const { connections } of opened) {
      await connections[index]?.runAndReadAll(
        'SELECT id FROM colours JOIN range(10) r(other) ON id = other WHERE id = 3',
      );
    }
  }
  await expect.poll(() => recorder.openSpans()).toBe(0);
  const queries = recorder.spans().filter(({ attributes }) => String(attributes['db.query.text']).includes('JOIN'));
  expect(new Set(queries.map(({ attributes }) => attributes['planscope.plan.executed_fingerprint'])).size).toBe(2);
  expect(queries.flatMap(({ events }) => events.map(({ name }) => name))).toEqual([]);
  for (const { instance, connections } of opened) {
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
  }
});

it('raises an event on the span of a query whose plan changed', async () => {
  const recorder = createSpanRecorder();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = traceConnection(await instance.connect(), {
    tracerProvider: recorder.tracerProvider,
    warn: () => {},
  });
  await connection.run('CREATE TABLE keys AS SELECT range AS id, range % 10 AS grp FROM range(50_000)');
  const look = async (id: number): Promise<void> => {
    await connection.runAndReadAll(`SELECT grp FROM keys k JOIN range(10) r(grp2) ON grp = grp2 WHERE id = ${id}`);
  };
  await look(1);
  await look(2);
  await connection.run(`SET disabled_optimizers = 'filter_pushdown'`);
  await look(3);
  await expect.poll(() => recorder.openSpans()).toBe(0);
  const queries = recorder.spans().filter(({ attributes }) => String(attributes['db.query.text']).includes('JOIN'));
  expect(queries).toHaveLength(3);
  const fingerprints = (key: string): unknown[] => queries.map(({ attributes }) => attributes[key]);
  expect(new Set(fingerprints('planscope.query.fingerprint')).size).toBe(1);
  const [first, second, third] = fingerprints('planscope.plan.executed_fingerprint');
  expect([first === second, second === third]).toEqual([true, false]);
  const events = queries.map(({ events: found }) => found.filter(({ name }) => name === EVENT_PLAN_CHANGED));
  expect(events.map(({ length }) => length)).toEqual([0, 0, 1]);
  expect(events[2]?.[0]?.attributes).toMatchObject({
    'planscope.plan.previous_fingerprint': first,
    'planscope.plan.previous_runs': 2,
    'planscope.plan.previous_sampled_runs': 2,
    'planscope.plan.previous_duration': expect.any(Number),
    'planscope.plan.previous_compute': expect.any(Number),
    'planscope.plan.previous_rows': expect.any(Number),
  });
  connection.closeSync();
  instance.closeSync();
});

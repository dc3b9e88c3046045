import { tmpdir } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, renderSpanTree } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AIRPORTS, FLIGHTS } from '../../test/flights.ts';
import { collect, flightsExec, reportOf } from '../../test/flights-exec.ts';
import { taskContext } from '../../test/task-context.ts';
import { tracedRun } from '../../test/traced-run.ts';
import { type ExplainedPlans, explainPlans, showingAllPlans } from '../report/explain-plans.ts';
import { duckdbSchema } from '../semconv.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';
import { createViewStatement } from '../sql/input-binding.ts';
import { type AblatedQuery, ablateOptimizers } from './ablate-optimizers.ts';

const inputs = [
  { name: 'flights', format: 'parquet', paths: [FLIGHTS] },
  { name: 'airports', format: 'csv', paths: [AIRPORTS] },
] as const;
const JOIN = `SELECT origin, count(*) AS n FROM flights JOIN airports ON iata = origin
  WHERE delay > 10 AND state = 'TX' GROUP BY origin ORDER BY n DESC LIMIT 5`;
const CHANGED = ['expression_rewriter', 'filter_pushdown', 'unused_columns', 'top_n'];
const LIMIT_MS = 60_000;

/** The plans of a query and all optimizers, from a separate instance. */
async function planned(text: string, ...statements: string[]): Promise<AblatedQuery> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const input of inputs) await connection.run(createViewStatement(input));
  for (const statement of statements) await connection.run(statement);
  const plans: ExplainedPlans = await explainPlans(await showingAllPlans(connection), text);
  const reader = await connection.runAndReadAll('SELECT name FROM duckdb_optimizers()');
  connection.disconnectSync();
  instance.closeSync();
  return { text, plans, inputs, settings: {}, optimizers: reader.getRows().map(([name]) => String(name)) };
}

async function reasonsFor(query: AblatedQuery, limit = LIMIT_MS): Promise<string[]> {
  const ablation = await ablateOptimizers(query, limit);
  expect([...ablation.keys()].sort()).toEqual([...query.optimizers].sort());
  return [
    ...new Set([...ablation.values()].flatMap((effect) => ('unavailable' in effect ? [effect.unavailable] : []))),
  ];
}

describe('ablation', () => {
  it('finds the optimizers that change the plan, each starting with the plan of the previous one', async () => {
    const query = await planned(JOIN);
    const effects = [...(await ablateOptimizers(query, LIMIT_MS))].map(([name, effect]) => {
      if ('unavailable' in effect) throw new Error(effect.unavailable);
      return { name, ...effect };
    });
    const changes = effects.filter(({ planBefore, planAfter }) => planBefore !== planAfter);
    expect(changes.map(({ name }) => name)).toEqual(CHANGED);
    expect(effects.map(({ name }) => name)).toEqual(query.optimizers);
    for (const [index, { planBefore }] of effects.slice(1).entries()) {
      expect(planBefore).toBe(effects[index]?.planAfter);
    }
    expect(effects[0]?.planBefore).toEqual(query.plans.logical);
    expect(effects.at(-1)?.planAfter).toEqual(query.plans.optimized);
  });

  it.each([
    'SELECT origin FROM flights WHERE delay > (SELECT avg(delay) FROM flights f WHERE f.origin = flights.origin)',
    'SELECT iata FROM airports WHERE iata IN (SELECT origin FROM flights WHERE delay > 300)',
    'WITH late AS MATERIALIZED (SELECT * FROM flights WHERE delay > 120) SELECT * FROM late a, late b WHERE a.date = b.date',
    'SELECT origin, rank() OVER (PARTITION BY origin ORDER BY delay) AS r FROM flights QUALIFY r = 1',
    'PIVOT airports ON country USING count(*) GROUP BY state',
    `SELECT unnest([1, 2]) AS n, x.city FROM airports x, LATERAL (SELECT x.city || '!' AS c) y`,
    `COPY (${JOIN}) TO '/nowhere.parquet' (FORMAT parquet)`,
    'SELECT 42',
  ])('ends with the plan of the query: %s', async (sql) => {
    const query = await planned(sql);
    const last = [...(await ablateOptimizers(query, LIMIT_MS)).values()].at(-1);
    expect(last).toMatchObject({ planAfter: query.plans.optimized });
  });

  it.each([
    ['SELECT * FROM elsewhere', 'CREATE TABLE elsewhere AS SELECT 7 AS seven', 'may need tables'],
    ['SELECT seven(1) FROM airports', 'CREATE MACRO seven(x) AS 7', 'may need tables, macros'],
    // An empty table cannot replace it, because the plans of an empty table collapse.
    [
      'SELECT iata FROM airports',
      'CREATE OR REPLACE TEMP TABLE airports AS SELECT 7 AS iata',
      'plans the query differently',
    ],
  ])('reports why it is impossible for %s after %s', async (sql, statement, reason) => {
    const statements = statement.includes('TEMP TABLE airports') ? ['DROP VIEW airports', statement] : [statement];
    expect(await reasonsFor(await planned(sql, ...statements))).toEqual([expect.stringContaining(reason)]);
  });

  it('reports that the plans of the query are unknown', async () => {
    const query = await planned(JOIN);
    expect(await reasonsFor({ ...query, plans: {} })).toEqual(['the plans of the query are unknown']);
  });

  it('ends at its time limit with a partial result', async () => {
    const query = await planned(JOIN);
    const began = performance.now();
    expect(await reasonsFor(query, 100)).toEqual([
      expect.stringMatching(/^the time limit of 100 ms was exceeded after \d+ /),
    ]);
    expect(performance.now() - began).toBeLessThan(LIMIT_MS / 10);
    expect(await reasonsFor(query, 0)).toEqual(['the time limit of 0 ms was exceeded after 0 optimizers']);
  });

  it('copies the settings, except those that would make it impossible', async () => {
    const settings = { threads: '1', ACCESS_MODE: 'READ_WRITE', lock_configuration: 'true' };
    const query = await planned(JOIN);
    expect(await reasonsFor({ ...query, settings })).toEqual([]);
    expect(await reasonsFor({ ...query, settings: { enable_external_access: 'false' } })).toHaveLength(1);
  });
});

describe('a query with plans per optimizer', () => {
  let session: DuckDBSession;
  beforeAll(async () => {
    session = await DuckDBSession.open({ settings: { threads: 1 } });
  });
  afterAll(() => session.close());

  const recording = { plans: 'per-optimizer', ablationLimit: LIMIT_MS, warnings: false } as const;

  it.each([undefined, { kind: 'file', format: 'parquet', folder: tmpdir() } as const])(
    'reports what each did, marked as ablation: %j',
    async (output) => {
      const context = taskContext();
      const before = await session.settings();
      const node = await flightsExec(session, JOIN, { recording, ...(output === undefined ? {} : { output }) });
      const { outcome } = await collect(node.execute(0, context));
      const rules = reportOf(outcome).planning?.find(({ phase }) => phase === 'optimize_logical_plan')?.rules ?? [];
      expect(rules.filter(({ changed }) => changed).map(({ name }) => name)).toEqual(CHANGED);
      expect(new Set(rules.map(({ planBasis }) => planBasis))).toEqual(new Set(['ablation']));
      expect(rules.filter(({ changed }) => changed === undefined)).toEqual([]);
      expect(context.warnings).toEqual([]);
      expect(await session.settings()).toEqual(before);
      await outcome.artifacts[0]?.dispose?.();
    },
  );

  it('shows plan changes on the spans of the optimizers, with literals replaced', async () => {
    const node = await flightsExec(session, JOIN, { recording });
    const { spans, warnings } = await tracedRun(node);
    assertTraceInvariants(spans, { schemas: [sharedSchema, duckdbSchema], secrets: ["'TX'"] });
    const shown = spans.filter(
      ({ name, attributes }) => name === 'optimize_logical_plan' || attributes['datafusion.plan_diff'],
    );
    const attributes = ['datafusion.effective_rules', 'planscope.plan_diff.basis'];
    expect(renderSpanTree(shown, { attributes })).toMatchInlineSnapshot(`
      "optimize_logical_plan ~engine_duration datafusion.effective_rules=["expression_rewriter","filter_pushdown","unused_columns","top_n"] planscope.plan_diff.basis=reported
        expression_rewriter (modified) ~engine_duration planscope.plan_diff.basis=ablation
        filter_pushdown (modified) ~engine_duration planscope.plan_diff.basis=ablation
        unused_columns (modified) ~engine_duration planscope.plan_diff.basis=ablation
        top_n (modified) ~engine_duration planscope.plan_diff.basis=ablation"
    `);
    const diffOf = (rule: string): unknown =>
      shown.find(({ attributes }) => attributes['planscope.rule.name'] === rule)?.attributes['datafusion.plan_diff'];
    expect(CHANGED.map((rule) => `${rule}\n${diffOf(rule)}`).join('\n\n')).toMatchInlineSnapshot(`
      "expression_rewriter
      @@ -2,7 +2,7 @@
         ORDER_BY: order_by=count_star()
           PROJECTION: expressions=[origin, n]
             AGGREGATE: group_keys=origin, expressions=count_star()
      -        FILTER: expressions=[(delay > CAST(?1 AS BIGINT)), (state = CAST(?2 AS VARCHAR))]
      +        FILTER: expressions=[(delay > ?1), (state = ?2)]
                 COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
                   PROJECTION: expressions=[date, delay, distance, origin, destination]
                     READ_PARQUET

      filter_pushdown
      @@ -2,9 +2,9 @@
         ORDER_BY: order_by=count_star()
           PROJECTION: expressions=[origin, n]
             AGGREGATE: group_keys=origin, expressions=count_star()
      -        FILTER: expressions=[(delay > ?1), (state = ?2)]
      -          COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
      -            PROJECTION: expressions=[date, delay, distance, origin, destination]
      -              READ_PARQUET
      -            PROJECTION: expressions=[iata, name, city, state, country, latitude, longitude]
      +        COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
      +          PROJECTION: expressions=[date, delay, distance, origin, destination]
      +            READ_PARQUET: filter=delay>?1
      +          PROJECTION: expressions=[iata, name, city, state, country, latitude, longitude]
      +            FILTER: expressions=(state = ?2)
                     READ_CSV

      unused_columns
      @@ -3,8 +3,8 @@
           PROJECTION: expressions=[origin, n]
             AGGREGATE: group_keys=origin, expressions=count_star()
               COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
      -          PROJECTION: expressions=[date, delay, distance, origin, destination]
      +          PROJECTION: expressions=origin
                   READ_PARQUET: filter=delay>?1
      -          PROJECTION: expressions=[iata, name, city, state, country, latitude, longitude]
      +          PROJECTION: expressions=iata
                   FILTER: expressions=(state = ?2)
                     READ_CSV

      top_n
      @@ -1,10 +1,9 @@
      -LIMIT
      -  ORDER_BY: order_by=count_star()
      -    PROJECTION: expressions=[origin, n]
      -      AGGREGATE: group_keys=origin, expressions=count_star()
      -        COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
      -          PROJECTION: expressions=origin
      -            READ_PARQUET: filter=delay>?1
      -          PROJECTION: expressions=iata
      -            FILTER: expressions=(state = ?2)
      -              READ_CSV
      +TOP_N
      +  PROJECTION: expressions=[origin, n]
      +    AGGREGATE: group_keys=origin, expressions=count_star()
      +      COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
      +        PROJECTION: expressions=origin
      +          READ_PARQUET: filter=delay>?1
      +        PROJECTION: expressions=iata
      +          FILTER: expressions=(state = ?2)
      +            READ_CSV"
    `);
    expect(warnings).toEqual([]);
  });

  it('reports for each optimizer why its effect is unknown', async () => {
    const context = taskContext();
    const node = await flightsExec(session, JOIN, { recording: { ...recording, ablationLimit: 0 } });
    const { outcome } = await collect(node.execute(0, context));
    const rules = reportOf(outcome).planning?.find(({ phase }) => phase === 'optimize_logical_plan')?.rules ?? [];
    expect(new Set(rules.map(({ plansUnavailable }) => plansUnavailable))).toEqual(
      new Set(['the time limit of 0 ms was exceeded after 0 optimizers']),
    );
    expect(outcome.status).toBe('ok');
    expect(context.warnings.map(({ code }) => code)).toEqual(['ablation-unavailable']);
  });

  it('refuses an invalid limit', async () => {
    await expect(flightsExec(session, JOIN, { recording: { ablationLimit: -1 } })).rejects.toThrow(
      'recording.ablationLimit is -1; it must be a whole number of milliseconds from 0 up',
    );
  });
});

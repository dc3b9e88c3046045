import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { AIRPORTS, FLIGHTS } from '../../test/flights.ts';
import { collect, flightsExec, reportOf } from '../../test/flights-exec.ts';
import { taskContext } from '../../test/task-context.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';
import { type Ablation, ablateOptimizers, type OptimizerEffect } from './ablate-optimizers.ts';

const inputs = [
  { name: 'flights', format: 'parquet', paths: [FLIGHTS] },
  { name: 'airports', format: 'csv', paths: [AIRPORTS] },
] as const;
const JOIN = `SELECT origin, count(*) AS n FROM flights JOIN airports ON iata = origin
  WHERE delay > 10 AND state = 'TX' GROUP BY origin ORDER BY n DESC LIMIT 5`;
const LIMIT_MS = 60_000;

const effectsOf = (ablation: Ablation): ReadonlyMap<string, OptimizerEffect> => {
  if ('effects' in ablation) return ablation.effects;
  throw new Error(ablation.unavailable);
};

describe('ablateOptimizers', () => {
  it('shows which optimizers changed the plan, and how', async () => {
    const effects = effectsOf(await ablateOptimizers({ sql: JOIN, inputs, settings: {} }, LIMIT_MS));
    const changed = [...effects].filter(([, { planBefore, planAfter }]) => planBefore !== planAfter);
    expect(changed.map(([name]) => name)).toEqual([
      'expression_rewriter',
      'filter_pushdown',
      'unused_columns',
      'top_n',
    ]);
    expect(effects.get('top_n')).toMatchInlineSnapshot(`
      {
        "planAfter": "TOP_N
        PROJECTION: Expressions=[origin, n]
          AGGREGATE: Groups=origin, Expressions=count_star()
            COMPARISON_JOIN: Join Type=INNER, Conditions=(origin = iata)
              PROJECTION: Expressions=origin
                READ_PARQUET: Filters=delay>10
              PROJECTION: Expressions=iata
                FILTER: Expressions=(state = 'TX')
                  READ_CSV",
        "planBefore": "LIMIT
        ORDER_BY: Order By=count_star()
          PROJECTION: Expressions=[origin, n]
            AGGREGATE: Groups=origin, Expressions=count_star()
              COMPARISON_JOIN: Join Type=INNER, Conditions=(origin = iata)
                PROJECTION: Expressions=origin
                  READ_PARQUET: Filters=delay>10
                PROJECTION: Expressions=iata
                  FILTER: Expressions=(state = 'TX')
                    READ_CSV",
      }
    `);
    expect(effects.size).toBeGreaterThan(30);
  });

  it('chains the plans: what one gives is what the next one gets', async () => {
    const effects = [...effectsOf(await ablateOptimizers({ sql: JOIN, inputs, settings: {} }, LIMIT_MS)).values()];
    for (const [index, effect] of effects.entries()) {
      expect(effect.planBefore).toBe(effects[index - 1]?.planAfter ?? effect.planBefore);
    }
  });

  it.each([
    ['SELECT * FROM elsewhere', 'tables of the session'],
    ['SELECT * FROM main.flights', 'tables of the session'],
    ['SELECT nothing FROM flights', 'could not be planned'],
  ])('is not to be had for %s', async (sql, reason) => {
    const ablation = await ablateOptimizers({ sql, inputs, settings: {} }, LIMIT_MS);
    expect('unavailable' in ablation && ablation.unavailable).toContain(reason);
  });

  it('gives up when it takes too long', async () => {
    expect(await ablateOptimizers({ sql: JOIN, inputs, settings: {} }, 0)).toEqual({
      unavailable: expect.stringContaining('too long'),
    });
  });
});

describe('a DuckDBExec', () => {
  const recording = { plans: 'per-optimizer', ablationLimit: LIMIT_MS, warnings: false } as const;

  it.each([undefined, { kind: 'file', format: 'parquet', folder: tmpdir() } as const])(
    'reports what each optimizer did, marked as ablation: %j',
    async (output) => {
      const session = await DuckDBSession.open({ settings: { threads: 1 } });
      const context = taskContext();
      const node = await flightsExec(session, JOIN, { recording, ...(output === undefined ? {} : { output }) });
      const { outcome } = await collect(node.execute(0, context));
      const rules = reportOf(outcome).planning?.find(({ phase }) => phase === 'optimize_logical_plan')?.rules ?? [];
      expect(rules.filter(({ changed }) => changed).map(({ name, planBasis }) => [name, planBasis])).toEqual(
        ['expression_rewriter', 'filter_pushdown', 'top_n', 'unused_columns'].map((name) => [name, 'ablation']),
      );
      expect(rules.find(({ name }) => name === 'join_order')).toMatchObject({ changed: false });
      expect(context.warnings).toEqual([]);
      await outcome.artifacts[0]?.dispose?.();
      await session.close();
    },
  );

  it('says why it does not know', async () => {
    const session = await DuckDBSession.open();
    const context = taskContext();
    const node = await flightsExec(session, JOIN, { recording: { ...recording, ablationLimit: 0 } });
    const { outcome } = await collect(node.execute(0, context));
    expect(outcome.status).toBe('ok');
    expect(context.warnings.map(({ code }) => code)).toEqual(['ablation-unavailable']);
    await session.close();
  });
});

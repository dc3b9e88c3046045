import type { RuleReport } from '@planscope/plan';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, flightsExec, reportOf } from '../../test/flights-exec.ts';
import { NAMED_QUERIES } from '../../test/named-queries.ts';
import { StatementNode } from '../../test/statement-node.ts';
import { taskContext } from '../../test/task-context.ts';
import { TPCH_TABLES } from '../../test/tpch-tables.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';

let session: DuckDBSession;
let listed: readonly string[];

const rulesOf = async (sql: string): Promise<{ readonly total: number; readonly rules: readonly RuleReport[] }> => {
  const node = await flightsExec(session, sql, { recording: { warnings: false } });
  const { outcome } = await collect(node.execute(0, taskContext()));
  const found = reportOf(outcome).planning?.find(({ phase }) => phase === 'optimize_logical_plan');
  if (found === undefined) throw new Error('no optimizers');
  return { total: Number(found.timing.duration), rules: found.rules };
};

beforeAll(async () => {
  session = await DuckDBSession.open();
  for (const table of TPCH_TABLES) {
    expect((await collect(new StatementNode(session, table).execute(0, taskContext()))).outcome.status).toBe('ok');
  }
  const node = await flightsExec(session, 'SELECT name FROM duckdb_optimizers()');
  const { batches } = await collect(node.execute(0, taskContext()));
  listed = batches.flatMap((batch) => batch.toArray().map((row) => String(row.name)));
});
afterAll(() => session.close());

describe.each(Object.entries(NAMED_QUERIES))('the optimizers of a query with %s', (_, { sql }) => {
  // Retry, because the operating system may suspend the planner between two optimizers; that time belongs to neither.
  it('are those that DuckDB lists, and their times add up to the total', { retry: 3 }, async () => {
    const { total, rules } = await rulesOf(sql);
    const names = rules.map(({ name }) => name);
    expect(names.filter((name) => !listed.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(20);
    const sum = rules.reduce((before, { timing }) => before + Number(timing.duration), 0);
    expect(Math.abs(sum / total - 1)).toBeLessThan(0.05);
  });
});

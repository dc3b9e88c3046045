import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ExecutionOutcome } from '@planscope/plan';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { flightsExec, metric } from '../../test/flights-exec.ts';
import { taskContext } from '../../test/task-context.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';

const ROWS = 3_000_000;

let session: DuckDBSession;
/** Connections in the order of their creation; the running query uses the last one. */
const connections: DuckDBConnection[] = [];
const connect = DuckDBInstance.prototype.connect;
beforeAll(async () => {
  vi.spyOn(DuckDBInstance.prototype, 'connect').mockImplementation(async function (this: DuckDBInstance) {
    const connection = await connect.call(this);
    connections.push(connection);
    return connection;
  });
  session = await DuckDBSession.open();
});
afterAll(async () => {
  await session.close();
  vi.restoreAllMocks();
});

interface Lost {
  readonly rows: number;
  readonly thrown: unknown;
  readonly outcome: ExecutionOutcome;
}

/** Pulls a query of 3,000,000 rows and calls `meddle` with its connection after the first batch. */
async function pull(sql: string, meddle: (connection: DuckDBConnection) => unknown = () => {}): Promise<Lost> {
  const node = await flightsExec(session, sql, { output: { kind: 'batches', batchRows: 4096 } });
  const { batches, outcome } = node.execute(0, taskContext());
  let rows = 0;
  let thrown: unknown;
  try {
    for await (const batch of batches) {
      if (rows === 0) await meddle(connections.at(-1) as DuckDBConnection);
      rows += batch.numRows;
    }
  } catch (error) {
    thrown = error;
  }
  return { rows, thrown, outcome: await outcome };
}

describe('a stream that DuckDB cut short', () => {
  it.each<[string, string, ((connection: DuckDBConnection) => unknown)?]>([
    [
      'by an error after the first rows',
      `SELECT CASE WHEN range = ${ROWS - 500_000} THEN error('boom') ELSE range END AS n FROM range(${ROWS})`,
    ],
    ['by an interrupt', `SELECT range AS n FROM range(${ROWS})`, (connection) => connection.interrupt()],
    [
      'by another query on its connection',
      `SELECT range AS n FROM range(${ROWS})`,
      (connection) => connection.run('SELECT 1'),
    ],
  ])('%s is an error that says how many rows came before', async (_, sql, meddle) => {
    const { rows, thrown, outcome } = await pull(sql, meddle);
    expect(rows).toBeLessThan(ROWS);
    if (!DuckDBError.isInstance(thrown)) throw new Error(`no DuckDBError: ${thrown}`);
    expect(thrown.code).toBe('lost-stream');
    expect(outcome).toMatchObject({ status: 'error', error: thrown });
    const counted = metric(outcome.report ?? {}, 'output_rows') ?? 0;
    expect(thrown.message).toContain(`after ${counted} rows`);
    expect(counted).toBeGreaterThanOrEqual(rows);
    expect(outcome.report?.operators).toBeUndefined();
  });

  it('is not reported for a complete result, an empty one, or one whose consumer stops early', async () => {
    expect(await pull(`SELECT range AS n FROM range(${ROWS})`)).toMatchObject({ rows: ROWS, thrown: undefined });
    expect(await pull('SELECT * FROM airports WHERE false')).toMatchObject({ rows: 0, thrown: undefined });
    const { batches, outcome } = (await flightsExec(session, 'FROM flights')).execute(0, taskContext());
    for await (const _ of batches) break;
    expect(await outcome).toMatchObject({ status: 'cancelled' });
  });
});

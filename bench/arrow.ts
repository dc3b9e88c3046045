/**
 * Rows a second from a DuckDB stream to Arrow record batches, beside the driver's own `getColumns`.
 *
 * `node --conditions=@planscope/source --import tsx bench/arrow.ts`; fails when Arrow is not the faster one.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { recordBatches } from '@planscope/duckdb/arrow';

const ROUNDS = 5;
const ROWS = 500_000;
const flights = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '../data/flights-3m.parquet');

const queries = {
  numbers: 'delay, distance, date',
  'short strings': 'origin, destination',
  'long strings': "origin || ' to ' || destination || ', as the crow flies' AS route",
  decimals: '(delay * 1.01)::DECIMAL(18, 2) AS a, (distance * 1.01)::DECIMAL(9, 2) AS b',
  'nulls, lists, structs':
    'CASE WHEN delay > 0 THEN delay END AS late, [delay, distance] AS pair, {o: origin, d: destination} AS ends',
};

const readers = {
  arrow: async (connection: DuckDBConnection, sql: string): Promise<number> => {
    let rows = 0;
    for await (const batch of recordBatches(await connection.stream(sql))) rows += batch.numRows;
    return rows;
  },
  getColumns: async (connection: DuckDBConnection, sql: string): Promise<number> => {
    const columns = await (await connection.stream(sql)).getColumns();
    return columns[0]?.length ?? 0;
  },
};

type Reader = keyof typeof readers;

/** Shortest time of each reader in milliseconds. They take turns, so that a slow moment does not fall on one alone. */
async function fastest(connection: DuckDBConnection, sql: string): Promise<Record<Reader, number>> {
  const times = { arrow: Number.POSITIVE_INFINITY, getColumns: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const reader of ['arrow', 'getColumns'] as const) {
      const started = performance.now();
      const rows = await readers[reader](connection, sql);
      if (rows !== ROWS) throw new Error(`${reader} read ${rows} rows of ${ROWS}: ${sql}`);
      times[reader] = Math.min(times[reader], performance.now() - started);
    }
  }
  return times;
}

const connection = await (await DuckDBInstance.create()).connect();
await connection.run(`CREATE TEMP TABLE flights AS FROM '${flights}' LIMIT ${ROWS}`);
const rate = (milliseconds: number): string => `${(ROWS / milliseconds / 1000).toFixed(2).padStart(6)} M rows/s`;
for (const [name, columns] of Object.entries(queries)) {
  const { arrow, getColumns } = await fastest(connection, `SELECT ${columns} FROM flights`);
  const factor = getColumns / arrow;
  console.log(`${name.padEnd(22)} arrow ${rate(arrow)}   getColumns ${rate(getColumns)}   ${factor.toFixed(1)} times`);
  if (!(factor > 1)) process.exitCode = 1;
}

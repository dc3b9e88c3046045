import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Data } from 'apache-arrow';
import { expect, test } from 'vitest';
import { recordBatches } from './record-batches.ts';

const flights = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '../data/flights-3m.parquet');

function sum(values: BigInt64Array): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Counts the occurrences of each three-letter airport code. */
function count({ values, valueOffsets, length }: Data, counts: Map<number, number>): void {
  for (let row = 0; row < length; row++) {
    const start = valueOffsets[row] as number;
    if (valueOffsets[row + 1] !== start + 3) throw new Error(`row ${row} is not of three letters`);
    const code = values[start] * 0x1_0000 + values[start + 1] * 0x100 + values[start + 2];
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
}

function codeOf(text: string): number {
  return Buffer.from(text).readUIntBE(0, 3);
}

test('3,000,000 flights have the same totals as in DuckDB', async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const sums = { rows: 0n, date: 0n, delay: 0n, distance: 0n };
  const origins = new Map<number, number>();
  const destinations = new Map<number, number>();
  const result = await connection.stream(
    `SELECT date::TIMESTAMP AS date, delay, distance, origin, destination FROM '${flights}'`,
  );
  for await (const batch of recordBatches(result)) {
    const [date, delay, distance, origin, destination] = batch.data.children as [Data, Data, Data, Data, Data];
    sums.rows += BigInt(batch.numRows);
    sums.date += sum(date.values);
    sums.delay += sum(delay.values);
    sums.distance += sum(distance.values);
    count(origin, origins);
    count(destination, destinations);
  }
  const [expected] = await (
    await connection.run(
      `SELECT count(*) AS rows, sum(epoch_us(date::TIMESTAMP)) AS date, sum(delay) AS delay, sum(distance) AS distance
       FROM '${flights}'`,
    )
  ).getRowObjects();
  expect(sums).toEqual(expected);
  for (const [column, counts] of Object.entries({ origin: origins, destination: destinations })) {
    const groups = await (await connection.run(`SELECT ${column}, count(*) FROM '${flights}' GROUP BY ALL`)).getRows();
    expect(counts).toEqual(new Map(groups.map(([text, rows]) => [codeOf(String(text)), Number(rows)])));
  }
});

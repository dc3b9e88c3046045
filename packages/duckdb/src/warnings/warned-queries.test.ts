import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { duckdbSchema } from '../semconv.ts';
import { traceConnection } from '../trace/trace-connection.ts';

const recorder = createSpanRecorder();
let folder: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warned-queries-'));
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = traceConnection(await instance.connect(), { tracerProvider: recorder.tracerProvider, warn: () => {} });
  await connection.run(`CREATE TABLE orders AS SELECT range AS id, range % 1000 AS customer, range % 10 AS a,
    range % 10 AS b, 'item ' || range AS item FROM range(1_000_000)`);
  await connection.run(`CREATE TABLE customers AS SELECT range AS customer, range % 7 AS region FROM range(1000)`);
  await connection.run(`COPY orders TO '${folder}/orders.csv'`);
});
afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

it.each([
  [
    'a misjudged filter below a join',
    `SELECT region, count(*) FROM orders JOIN customers USING (customer) WHERE a <> b GROUP BY region`,
    ['FILTER cardinality-misestimated', 'FILTER filter-not-pushed-down'],
  ],
  ['a misjudged group that nothing depends on', 'SELECT a + b AS c, count(*) FROM orders GROUP BY c ORDER BY c', []],
  ['the rows of a LIMIT, which DuckDB fetches by a join', 'SELECT * FROM orders ORDER BY item DESC LIMIT 5', []],
  ['a filter that a table applies', `SELECT count(*) FROM orders WHERE id % 1000 = 5 AND item LIKE '%9'`, []],
  [
    'a filter on a CSV file',
    `SELECT count(*) FROM '$folder/orders.csv' WHERE id < 1000`,
    ['FILTER filter-not-pushed-down'],
  ],
])('warns of %s by the codes on its operators', async (_, sql, expected) => {
  recorder.clear();
  await connection.runAndReadAll(sql.replace('$folder', folder));
  await expect.poll(() => recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
  const codes = recorder
    .spans()
    .filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator')
    .flatMap(({ name, attributes }) => {
      const found = (attributes['planscope.warnings.codes'] ?? []) as readonly string[];
      return found.map((code) => `${name} ${code}`);
    });
  expect(codes).toEqual(expected);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bindQuery, type QueryOverInputs } from './bind-query.ts';
import { composeQuery } from './compose-query.ts';
import { createViewStatement, type FileBinding } from './input-binding.ts';
import { tableReferences } from './table-references.ts';

let folder: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
let inputs: readonly FileBinding[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-bind-'));
  instance = await DuckDBInstance.create();
  connection = await instance.connect();
  const files = { orders: join(folder, "it's orders.parquet"), people: join(folder, 'people.csv') };
  const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;
  await connection.run(
    `COPY (SELECT i AS id, i % 7 AS person, i * 1.5 AS amount FROM range(2000) r(i)) TO ${quoted(files.orders)}`,
  );
  await connection.run(`COPY (SELECT i AS person, 'name ' || i AS name FROM range(7) r(i)) TO ${quoted(files.people)}`);
  inputs = [
    { name: 'orders', format: 'parquet', paths: [files.orders] },
    { name: 'people', format: 'csv', paths: [files.people], options: { delim: ',', quote: '"', escape: '"' } },
  ];
});

afterAll(async () => {
  connection.disconnectSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

async function bound(sql: string, over: Partial<QueryOverInputs> = {}) {
  return bindQuery({ sql, references: await tableReferences(connection, sql), inputs, ...over });
}

async function rowsAndPlan(statements: readonly string[], text: string) {
  const own = await instance.connect();
  try {
    for (const statement of statements) await own.run(statement);
    const rows = (await own.runAndReadAll(text)).getRowsJson();
    return { rows, plan: (await own.runAndReadAll(`EXPLAIN ${text}`)).getRowsJson() };
  } finally {
    own.disconnectSync();
  }
}

it.each([
  'SELECT count(*), sum(amount) FROM orders',
  'SELECT p.name, sum(o.amount) AS total FROM orders o JOIN people AS p USING (person) GROUP BY ALL ORDER BY ALL',
  'FROM orders SELECT orders.id, "orders".amount WHERE Orders.id < 3 ORDER BY ALL',
  'SELECT people FROM people ORDER BY ALL',
  'SELECT people.* EXCLUDE (name) FROM "People" ORDER BY ALL',
  `SELECT 'é, FROM orders' AS "FROM people", name /* FROM people */ FROM\n people -- FROM people\nORDER BY ALL`,
  'SELECT (SELECT max(id) FROM orders o WHERE o.person = p.person) AS last FROM people p ORDER BY ALL',
  'SELECT count(*) FROM orders, people, (FROM orders) again WHERE orders.id = again.id',
  'SELECT * FROM (orders JOIN people USING (person)) ORDER BY ALL LIMIT 5',
  'WITH people AS (SELECT * FROM people WHERE person > 3) SELECT name FROM people ORDER BY ALL',
  'WITH RECURSIVE r AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM r, people WHERE n = person AND n < 4) FROM r',
  'FROM orders WHERE person IN (SELECT person FROM people) UNION ALL FROM orders ORDER BY ALL LIMIT 9',
  'SELECT count(*) FROM orders ANTI JOIN people ON orders.id = people.person',
  'SELECT o.id, n.name FROM orders o, LATERAL (SELECT name FROM people WHERE people.person = o.person) n ORDER BY ALL LIMIT 3',
])('gives the rows and the plan that views give: %s', async (sql) => {
  const { setup, text, prepared } = await bound(sql);
  expect(setup).toEqual([]);
  expect(text).not.toBe(sql);
  const byViews = await rowsAndPlan(inputs.map(createViewStatement), sql);
  expect(await rowsAndPlan([], text)).toEqual(byViews);
  const statement = await connection.prepare(prepared?.text ?? '');
  const files = Object.entries(prepared?.files ?? {});
  statement.bind(
    Object.fromEntries(files.map(([name, paths]) => [name, listValue(paths)])),
    Object.fromEntries(files.map(([name]) => [name, LIST(VARCHAR)])),
  );
  expect((await statement.runAndReadAll()).getRowsJson()).toEqual(byViews.rows);
  statement.destroySync();
});

it('replaces the inputs in the views of a query and leaves the rest of the text unchanged', async () => {
  const first = 'SELECT person, sum(amount) AS total\n-- by person\nFROM orders GROUP BY ALL';
  const second = 'SELECT name, total FROM totals JOIN people p USING (person)';
  const views = [
    { name: 'totals', sql: first, references: await tableReferences(connection, first) },
    { name: 'named', sql: second, references: await tableReferences(connection, second) },
  ];
  const { setup, text } = bindQuery({ sql: 'FROM "named"', views, inputs });
  expect(setup).toEqual([]);
  expect(text.replaceAll(folder, '')).toBe(
    composeQuery('FROM "named"', [
      {
        name: 'totals',
        sql: first.replace('FROM orders', `FROM (FROM read_parquet(['/it''s orders.parquet'])) AS orders`),
      },
      {
        name: 'named',
        sql: second.replace('people p', `(FROM read_csv(['/people.csv'], delim = ',', quote = '"', escape = '"')) p`),
      },
    ]),
  );
});

it('finds the reference of a query over a single relation in its text', () => {
  expect(bindQuery({ sql: 'FROM "people"', inputs }).setup).toEqual([]);
  expect(bindQuery({ sql: 'FROM "people"', inputs }).text).toMatch(/^FROM \(FROM read_csv\(.*\)\) AS "people"$/);
});

it.each([
  ['a name with its schema', 'SELECT count(*) FROM main.orders'],
  ['a column with its schema', 'SELECT main.orders.id FROM orders ORDER BY ALL LIMIT 1'],
  ['a place that takes no subquery', 'FROM (DESCRIBE people)'],
  ['another such place', 'FROM (UNPIVOT people ON name) ORDER BY ALL'],
  ['a name after a comment', 'FROM -- from\npeople ORDER BY ALL'],
  ['another such comment', 'FROM /* the */ people ORDER BY ALL'],
])('keeps the inputs as views for %s', async (_, sql) => {
  const { setup, text } = await bound(sql);
  expect(setup).toEqual(inputs.map(createViewStatement));
  expect(text).toBe(sql);
  expect(await rowsAndPlan(setup, text)).toEqual(await rowsAndPlan(inputs.map(createViewStatement), sql));
});

it('keeps the inputs as views when the references are unknown or an input has a filter', async () => {
  const sql = 'SELECT count(*) FROM people';
  expect((await bound(sql, { references: undefined })).setup).toHaveLength(2);
  const filtered = inputs.map((input) => ({ ...input, filters: ['person > 3'] }));
  expect((await bound(sql, { inputs: filtered })).setup).toHaveLength(2);
});

it('requires no setup for a query without inputs', async () => {
  expect(await bound('SELECT 1;', { inputs: [] })).toEqual({ setup: [], text: 'SELECT 1', parameters: [] });
});

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { AIRPORTS, FLIGHTS } from '../../test/flights.ts';
import { tableReferences } from '../sql/table-references.ts';
import { describeQuery } from './describe-query.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create();
});
afterAll(() => instance.closeSync());
beforeEach(async () => {
  connection = await instance.connect();
});
afterEach(() => connection.disconnectSync());

const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'tags', type: 'VARCHAR[]' },
];
const inputs = [{ name: 'items', columns }];

async function viewOf(name: string, sql: string) {
  return { name, sql, references: await tableReferences(connection, sql) };
}

it('describes a query and all of its views with one statement', async () => {
  const views = [
    await viewOf('tagged', `SELECT id, unnest(tags) AS tag, {'a': id} AS s, NULL AS n FROM items`),
    await viewOf('counted', 'SELECT tag, count(*) AS items FROM tagged GROUP BY tag'),
  ];
  const prepare = vi.spyOn(connection, 'prepare');
  const described = await describeQuery(connection, { sql: 'FROM "counted"', views, inputs, describeViews: true });
  expect(prepare).toHaveBeenCalledTimes(1);
  expect(described.columns).toEqual([
    { name: 'tag', type: 'VARCHAR' },
    { name: 'items', type: 'BIGINT' },
  ]);
  const alone = await Promise.all(
    views.map(({ name }) => describeQuery(connection, { sql: `FROM "${name}"`, views, inputs })),
  );
  expect(described.views?.map(({ columns }) => columns)).toEqual(alone.map(({ columns }) => columns));
  expect(described.views?.map(({ schema }) => String(schema))).toEqual(alone.map(({ schema }) => String(schema)));
});

it('does not describe them together if two columns have the same name', async () => {
  const views = [await viewOf('both', 'SELECT id, id FROM items')];
  const { columns, views: together } = await describeQuery(connection, {
    sql: 'SELECT id, id FROM items',
    references: await tableReferences(connection, 'SELECT id, id FROM items'),
    views,
    inputs,
    describeViews: true,
  });
  expect(together).toBeUndefined();
  expect(columns.map(({ name }) => name)).toEqual(['id', 'id']);
});

it('throws errors that show the query as it was written', async () => {
  const sql = 'SELECT id,\n  tga FROM items';
  const references = await tableReferences(connection, sql);
  await expect(describeQuery(connection, { sql, references, inputs })).rejects.toThrow(
    'LINE 2:   tga FROM items\n          ^',
  );
});

it('refuses several statements, and anything but a SELECT', async () => {
  for (const sql of ['SELECT 1; SELECT 2', 'CREATE TABLE x (a INTEGER)']) {
    await expect(describeQuery(connection, { sql, inputs })).rejects.toMatchObject({ code: 'unsupported-statement' });
  }
});

it('returns the dialect of a CSV file and detects it only once', async () => {
  const files = [
    { name: 'airports', format: 'csv', paths: [AIRPORTS] },
    { name: 'flights', format: 'parquet', paths: [FLIGHTS] },
  ] as const;
  const run = vi.spyOn(connection, 'run');
  const sql = 'SELECT state, delay FROM airports JOIN flights ON iata = origin';
  const references = await tableReferences(connection, sql);
  run.mockClear();
  const { columns: found, inputs: told } = await describeQuery(connection, { sql, references, inputs: files });
  expect(found.map(({ name }) => name)).toEqual(['state', 'delay']);
  expect(told).toEqual([{ ...files[0], options: { delim: ',', quote: '"', escape: '"' } }, files[1]]);
  expect(run.mock.calls.map(([text]) => /sniff_csv|read_csv/.exec(text)?.[0])).toEqual(['sniff_csv', 'read_csv']);
});

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { describeError, sqlIdentifiers } from '@planscope/redaction';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { duckdbDialect } from '../src/dialect/duckdb-dialect.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create();
  connection = await instance.connect();
  await connection.run(
    `CREATE TABLE t(a INT, s STRUCT(x INT), d DATE, v VARCHAR); INSERT INTO t VALUES (1, {x: 1}, now(), 'v');
    CREATE TABLE u AS SELECT 'sekret' AS k, 'sekret two' AS v`,
  );
});
afterAll(() => {
  connection.disconnectSync();
  instance.closeSync();
});

async function described(sql: string, value?: string): Promise<string> {
  try {
    await connection.runAndReadAll(sql, value === undefined ? undefined : [value]);
  } catch (error) {
    const identifiers = sqlIdentifiers(sql, { dialect: duckdbDialect });
    return describeError(error, { dialect: duckdbDialect, identifiers }).message;
  }
  throw new Error(`${sql} does not fail`);
}

it.each([
  `SELECT s['sekret'] FROM t`,
  `SELECT struct_extract({'x': 1}, 'sekret')`,
  `SELECT json_transform('{"a":1}', '{"a":"SEKRET"}')`,
  `SELECT from_json('{"a":1}', '{"a":"sekret"}')`,
  `FROM read_csv('/dev/null', columns = {'a': 'SEKRET'})`,
  `FROM query_table('sekret')`,
  `FROM query_table(['sekret', 'x'])`,
  `FROM pragma_table_info('sekret')`,
  `FROM 'sekret.data'`,
  `FROM query('FROM sekret')`,
  `FROM query('SELECT sekret()')`,
  `FROM query('SELECT sekret FROM t')`,
  `FROM query('SELEC sekret')`,
  `SELECT current_setting('sekret')`,
  `SELECT list_aggregate([1], 'sekret')`,
  `SELECT date_trunc('sekret', d) FROM t`,
  `SELECT v COLLATE sekret FROM t`,
  `COPY t TO '/dev/null' (FORMAT 'sekret')`,
  `SET default_collation = 'sekret'`,
  `SELECT 'O'Mc Brien sekret'`,
  `CALL pragma_table_info('sekret')`,
  `CALL pragma_storage_info('sekret')`,
  `COPY 'sekret' TO '/dev/null'`,
  `CALL force_checkpoint('sekret')`,
  `SELECT COLUMNS('.*')::INT FROM (PIVOT u ON k USING first(v))`,
  `SELECT COLUMNS('se.*') FROM (PIVOT u ON k USING count(*)) GROUP BY v`,
])('keeps nothing of a literal: %s', async (sql) => {
  expect(await described(sql)).not.toMatch(/sekret|brien/i);
});

it.each([
  ['CALL pragma_table_info(?)', 'sekret'],
  ['FROM query_table(?)', 'sekret'],
  ['FROM query(?)', 'FROM   sekret'],
  ['SELECT current_setting(?)', 'sekret'],
  [`SELECT struct_extract({'x': 1}, ?)`, 'sekret'],
])('keeps nothing of a bound value: %s', async (sql, value) => {
  expect(await described(sql, value)).not.toContain('sekret');
});

it('keeps nothing of a value that a prepared statement is given, whatever the message points to', async () => {
  await connection.run('PREPARE p AS FROM query($1)');
  for (let indent = 0; indent < 30; indent += 1) {
    expect(await described(`EXECUTE p('${' '.repeat(indent)}FROM sekret')`)).not.toContain('sekret');
  }
});

it.each([
  ['FROM nosuch', 'Catalog Error: Table with name nosuch does not exist!'],
  ['USE nosuch', 'Catalog Error'],
  ['DROP TABLE nosuch', 'Catalog Error: Table with name nosuch does not exist!'],
  ['SELECT "nosuch" FROM t', 'Binder Error: Referenced column "nosuch" not found in FROM clause!'],
  ['SELECT a,\n  nosuch\nFROM t', 'Binder Error: Referenced column "nosuch" not found in FROM clause!'],
  [`SELECT '${'x'.repeat(200)}', nosuch FROM t`, 'Binder Error: Referenced column "nosuch" not found in FROM clause!'],
  ['SELECT t.nosuch FROM t', 'Binder Error: Table "t" does not have a column named "nosuch"'],
  ['SELECT main.nosuch.b FROM t', 'Binder Error: Referenced table "main.nosuch" not found!'],
  ['SELECT nosuch(1)', 'Catalog Error: Scalar Function with name nosuch does not exist!'],
  ['SELECT a::nosuch FROM t', 'Catalog Error: Type with name nosuch does not exist!'],
  ['FROM nosuch()', 'Catalog Error: Table Function with name nosuch does not exist!'],
  ['SELECT a FROM t, t u', 'Binder Error: Ambiguous reference to column name "a"'],
  ['CALL pragma_table_info("nosuch")', 'Catalog Error: Table with name nosuch does not exist!'],
  [
    'SELECT v::INT AS b FROM t ORDER BY b',
    "Conversion Error: Could not convert string '?1' to INT32 when casting from source column v",
  ],
  [
    'SELECT v, sum(a) FROM t',
    'Binder Error: column "v" must appear in the GROUP BY clause or must be part of an aggregate function.',
  ],
  ['SELECT a FROM t WHERE', 'Parser Error: syntax error at end of input'],
])('keeps the names that the query writes: %s', async (sql, message) => {
  expect(await described(sql)).toBe(message);
});

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { describeError } from '@planscope/redaction';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { tableReferences } from './table-references.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create();
  connection = await instance.connect();
});
afterAll(() => {
  connection.disconnectSync();
  instance.closeSync();
});

const names = async (sql: string): Promise<string[]> =>
  (await tableReferences(connection, sql)).map(({ catalog, schema, name }) =>
    [catalog, schema, name].filter((part) => part !== undefined).join('.'),
  );

describe('tableReferences', () => {
  it.each([
    ['SELECT 1', []],
    ['VALUES (1)', []],
    ['FROM a', ['a']],
    ['SELECT * FROM a, b JOIN c USING (x) POSITIONAL JOIN d', ['a', 'b', 'c', 'd']],
    ['SELECT * FROM a x, A y', ['a']],
    ['SELECT * FROM main.a, memory.main.b', ['main.a', 'memory.main.b']],
    ['SELECT (SELECT max(y) FROM b) FROM a WHERE x IN (FROM c) AND EXISTS (FROM d)', ['b', 'a', 'c', 'd']],
    ['FROM a UNION ALL FROM b EXCEPT FROM c', ['a', 'b', 'c']],
    [`FROM 'flights.parquet'`, ['flights.parquet']],
    [`FROM read_csv('x.csv'), range(3)`, []],
    ['FROM (PIVOT a ON x IN (1, 2) USING sum(y))', ['a']],
    ['DESCRIBE a', ['a']],
    ['SELECT * FROM a ORDER BY (SELECT max(x) FROM b) LIMIT (SELECT min(x) FROM c)', ['a', 'b', 'c']],
  ])('%s', async (sql, expected) => {
    expect((await names(sql)).sort()).toEqual([...expected].sort());
  });

  it.each([
    ['WITH v AS (FROM a) FROM v', ['a']],
    ['WITH V AS (FROM a) FROM v', ['a']],
    ['WITH a AS (FROM b), b AS (FROM a) FROM b', ['b']],
    ['WITH a AS (FROM a) FROM a', ['a']],
    ['WITH v AS (WITH w AS (FROM a) FROM w) FROM v, w', ['a', 'w']],
    ['WITH v AS (FROM a) SELECT (SELECT max(x) FROM v) FROM main.v', ['a', 'main.v']],
    ['WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t, a WHERE x < 9) FROM t', ['a']],
    ['FROM (WITH v AS (FROM a) FROM v), v', ['a', 'v']],
  ])('keeps common table expressions apart: %s', async (sql, expected) => {
    expect((await names(sql)).sort()).toEqual([...expected].sort());
  });

  it.each([
    ['SELEC 1', 'syntax', 'at character 1: Parser Error: syntax error at or near "SELEC"'],
    ['CREATE TABLE x(a INTEGER)', 'unsupported-statement', 'only a SELECT'],
    ['SELECT 1; SELECT 2', 'unsupported-statement', '2 statements'],
    ['-- nothing', 'unsupported-statement', '0 statements'],
  ])('refuses %s', async (sql, code, message) => {
    const error: unknown = await tableReferences(connection, sql).catch((thrown: unknown) => thrown);
    expect(DuckDBError.isInstance(error) && error.code).toBe(code);
    expect(String(error)).toContain(message);
  });

  it.each([
    "SELECT 'O'Mc Brien",
    'FROM t USING SAMPLE 7319233353 ROWS',
    "SELECT 'a' Brien 'b'",
    "CREATE TABLE x AS SELECT 'Brien'",
  ])('throws messages that redaction recognizes: %s', async (sql) => {
    const error: unknown = await tableReferences(connection, sql).catch((thrown: unknown) => thrown);
    const { message } = describeError(error, { dialect: duckdbDialect });
    expect(message).toMatch(/^\[planscope\/duckdb\] .*: (?:Parser|Not implemented|Invalid Input) Error/);
    expect(message).not.toMatch(/Brien|7319233353/);
  });

  it('parses the texts of one turn with one statement', async () => {
    const run = vi.spyOn(connection, 'run');
    const [first, second, wrong, again] = await Promise.allSettled(
      ['FROM a', 'FROM "b"', 'FROM', 'FROM a'].map((sql) => tableReferences(connection, sql)),
    );
    expect(run).toHaveBeenCalledTimes(1);
    expect(first).toMatchObject({ status: 'fulfilled', value: [{ name: 'a' }] });
    expect(second).toMatchObject({ status: 'fulfilled', value: [{ name: 'b' }] });
    expect(wrong).toMatchObject({ status: 'rejected', reason: { code: 'syntax' } });
    expect(again).toEqual(first);
    run.mockRestore();
  });

  const places = async (sql: string): Promise<Record<string, readonly string[] | undefined>> =>
    Object.fromEntries(
      (await tableReferences(connection, sql)).map(({ name, places }) => [
        name,
        places?.map(({ start, end, isAliased }) => `${start}:${sql.slice(start, end)}${isAliased ? ' aliased' : ''}`),
      ]),
    );

  it('finds the places of each relation in the text', async () => {
    expect(await places(`SELECT 'é😀', * FROM a x, (FROM "A") JOIN\tb USING (y)`)).toEqual({
      a: ['21:a aliased', '32:"A"'],
      b: ['42:b'],
    });
    expect(await places('FROM t: a')).toEqual({ a: ['8:a aliased'] });
  });

  it.each([
    'FROM main.a',
    'SELECT main.a.x FROM a',
    'FROM a AT (VERSION => 1)',
    'TABLE a',
    'DESCRIBE a',
    'FROM (SUMMARIZE a)',
    'FROM (PIVOT a ON x IN (1) USING sum(y))',
    'TABLE -- from\n  a',
    'TABLE /* from */ a',
    'FROM a, (TABLE a)',
  ])('omits the places if one of them does not accept a subquery: %s', async (sql) => {
    expect(await places(sql)).toEqual({ a: undefined });
  });
});

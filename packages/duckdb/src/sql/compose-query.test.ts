import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeQuery, copyStatement } from './compose-query.ts';
import { createViewStatement } from './input-binding.ts';
import { quoteIdentifier, quoteString, quoteValue, renderFileOptions } from './quote.ts';

describe('quoting', () => {
  it('returns any text unchanged from DuckDB, as a value and as a name', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    // DuckDB does not accept NUL in an identifier, and its driver passes text as UTF-8.
    const texts = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const reader = await connection.runAndReadAll(`SELECT ${quoteString(text)} AS ${quoteIdentifier(text)}`);
        expect(reader.columnNames()).toEqual([text]);
        expect(reader.getRows()).toEqual([[text]]);
      }),
    );
    connection.disconnectSync();
    instance.closeSync();
  });

  it('renders lists and structs', () => {
    expect(quoteValue({ a: ['x', 1, true], "it's": { b: 2 } })).toBe(`{'a': ['x', 1, true], 'it''s': {'b': 2}}`);
  });
});

describe('composeQuery', () => {
  it('only removes the semicolon from a query without views', () => {
    expect(composeQuery('SELECT 1 ;\n', [])).toBe('SELECT 1');
  });

  it.each([
    ['comments', `${'/* a */ '.repeat(10_000)}WITH a AS (FROM v) FROM a`],
    ['line comments', `${'-- a\n'.repeat(20_000)}with recursive a AS (FROM v) FROM a`],
    ['semicolons in the middle', `WITH a AS (SELECT '${' ;'.repeat(50_000)}x') FROM a`],
  ])('joins the expressions of a query with very many %s', (_, sql) => {
    const query = composeQuery(sql, [{ name: 'v', sql: 'SELECT 1' }]);
    expect(query).toMatch(/^WITH (?:RECURSIVE )?"v" AS \(\nSELECT 1\n\),\na AS \(/);
  });

  const first = { name: 'v', sql: 'SELECT unnest([1, 3, 2]) AS x -- first;' };
  const second = { name: 'w', sql: 'WITH inner_one AS (FROM v) SELECT x + 1 AS x FROM inner_one;' };

  it.each([
    ['FROM w ORDER BY x DESC LIMIT 2 -- the end', [[4], [3]]],
    ['-- with a comment\nWITH z AS (FROM w) SELECT x FROM z ORDER BY x', [[2], [3], [4]]],
    [
      '/* why */ with recursive r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 2) FROM r, w ORDER BY ALL',
      [
        [1, 2],
        [1, 3],
        [1, 4],
        [2, 2],
        [2, 3],
        [2, 4],
      ],
    ],
    ['SELECT 0 UNION ALL SELECT count(*) FROM v ORDER BY 1 DESC', [[3n], [0n]]],
    ['WITHIN_IS_NO_KEYWORD', undefined],
  ])('runs a query over views: %s', async (sql, rows) => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const found = connection.runAndReadAll(composeQuery(sql, [first, second])).then((reader) => reader.getRows());
    if (rows === undefined) await expect(found).rejects.toThrow('syntax error');
    else expect(await found).toEqual(rows);
    connection.disconnectSync();
    instance.closeSync();
  });
});

describe('bindings', () => {
  it('read a list of files with named parameters', () => {
    expect(
      createViewStatement({ name: 'a "b"', format: 'csv', paths: [`it's.csv`, 'b.csv'], options: { delim: ';' } }),
    ).toBe(`CREATE OR REPLACE TEMP VIEW "a ""b""" AS FROM read_csv(['it''s.csv', 'b.csv'], delim = ';')`);
  });

  it('read only the rows that match the filters', () => {
    const parts = { filters: [`c = 'x' OR true -- any`, 'd > 1'] };
    expect(createViewStatement({ name: 'a', format: 'csv', paths: ['a.csv'], ...parts })).toBe(
      `CREATE OR REPLACE TEMP VIEW "a" AS FROM read_csv(['a.csv']) WHERE (c = 'x' OR true -- any\n) AND (d > 1\n)`,
    );
  });

  it('may have columns and no rows', () => {
    expect(createViewStatement({ name: 'a', columns: [{ name: 'x', type: 'DECIMAL(18,3)' }] })).toBe(
      `CREATE OR REPLACE TEMP VIEW "a" AS SELECT NULL::DECIMAL(18,3) AS "x" WHERE false`,
    );
  });

  it.each([
    [{ name: 'a', format: 'parquet', paths: [] } as const, 'input "a" has no file'],
    [{ name: 'a', columns: [] }, 'input "a" has no column'],
    [{ name: 'a', format: 'xlsx' as never, paths: ['x'] }, 'format "xlsx" is unknown; use one of parquet, csv, json'],
  ])('are refused: %j', (binding, message) => {
    expect(() => createViewStatement(binding)).toThrow(message);
  });

  it('refuse an option whose name is not an identifier', () => {
    expect(() => renderFileOptions({ 'delim); DROP TABLE x; --': ';' }, ' = ')).toThrow('is not a name');
  });

  it('write with the options of COPY', () => {
    expect(
      copyStatement('SELECT 1', { path: '/data/x.parquet', format: 'parquet', options: { compression: 'zstd' } }),
    ).toBe(`COPY (\nSELECT 1\n) TO '/data/x.parquet' (FORMAT parquet, compression 'zstd')`);
  });
});

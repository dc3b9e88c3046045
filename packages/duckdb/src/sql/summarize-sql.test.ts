import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeSql } from './summarize-sql.ts';
import { tableReferences } from './table-references.ts';

describe('summarizeSql', () => {
  it.each([
    ['SELECT 42', 'SELECT', 'SELECT'],
    ['select * from Flights f join main.airports on iata = origin', 'SELECT', 'SELECT Flights main.airports'],
    ['FROM a, b AS x, c WHERE a.x IN (1, 2)', 'SELECT', 'SELECT a b c'],
    ['WITH v AS (SELECT * FROM a), w AS MATERIALIZED (FROM v) SELECT * FROM w, v', 'SELECT', 'SELECT a'],
    ['(SELECT 1) UNION ALL (FROM t)', 'SELECT', 'SELECT t'],
    [`FROM 'secret.parquet'`, 'SELECT', 'SELECT'],
    ['FROM "https://u:secret@h/x.csv?X-Amz-Signature=secret" JOIN t ON true', 'SELECT', 'SELECT t'],
    ['FROM "/data/secret.parquet", "secret.csv", t', 'SELECT', 'SELECT t'],
    ['SELECT * FROM s."secret.csv"', 'SELECT', 'SELECT'],
    [`FROM ${'secret'.repeat(30)}`, 'SELECT', 'SELECT'],
    ['SELECT $é$ FROM secret $é$ FROM t', 'SELECT', 'SELECT t'],
    [`SELECT * FROM read_csv('secret.csv') JOIN b USING (x)`, 'SELECT', 'SELECT b'],
    ['INSERT INTO t SELECT * FROM s', 'INSERT', 'INSERT t s'],
    ['UPDATE "my_table" SET x = 1', 'UPDATE', 'UPDATE "my_table"'],
    ['UPDATE "my table" SET x = 1', 'UPDATE', 'UPDATE'],
    ['FROM "two secret words"', 'SELECT', 'SELECT'],
    ['DELETE FROM t WHERE x = 1', 'DELETE', 'DELETE t'],
    ['CREATE TABLE IF NOT EXISTS t AS FROM s', 'CREATE', 'CREATE t s'],
    ['CREATE OR REPLACE VIEW v AS FROM s', 'CREATE', 'CREATE v s'],
    [`COPY t TO 'secret.parquet'`, 'COPY', 'COPY t'],
    [`COPY (SELECT * FROM t) TO 'secret.parquet'`, 'COPY', 'COPY t'],
    ['-- FROM secret\n/* JOIN secret */ BEGIN', 'BEGIN', 'BEGIN'],
    ['EXPLAIN ANALYZE SELECT * FROM t', 'EXPLAIN', 'EXPLAIN t'],
    [`SELECT 'it''s FROM secret' FROM t, $$ FROM secret $$`, 'SELECT', 'SELECT t'],
    ['SELECT extract(year FROM date) FROM (SELECT * FROM t) x', 'SELECT', 'SELECT t'],
    ['', 'SELECT', 'SELECT'],
    ['SELECT * FROM t ORDER BY a, b', 'SELECT', 'SELECT t'],
    ['SELECT * FROM t, u GROUP BY a, b HAVING c, d', 'SELECT', 'SELECT t u'],
    ['FROM t SELECT a, b', 'SELECT', 'SELECT t'],
    [`SELECT trim(BOTH 'x' FROM s), substring(s FROM 2), overlay(a PLACING b FROM c) FROM t`, 'SELECT', 'SELECT t'],
    ['SELECT a IS NOT DISTINCT FROM b, DISTINCT FROM t', 'SELECT', 'SELECT t'],
    ['SELECT DISTINCT FROM t', 'SELECT', 'SELECT t'],
    ['SELECT a.from, list_sum([x FOR x IN y]) FROM t FOR UPDATE', 'SELECT', 'SELECT t'],
    ['SELECT * FROM a JOIN b ON a.x = b.x, c x(y, z), d', 'SELECT', 'SELECT a b c d'],
    ['SELECT * FROM ((a JOIN b USING (x, y)) JOIN c USING (z)), LATERAL (SELECT 1), d', 'SELECT', 'SELECT a b c d'],
    ['SELECT * FROM alias: a, range(3) r, b TABLESAMPLE 10%, c', 'SELECT', 'SELECT a b c'],
    ['WITH RECURSIVE r(x, y) AS (SELECT 1 UNION ALL SELECT x FROM r, t) SELECT * FROM r', 'SELECT', 'SELECT t'],
    ['WITH v AS (FROM a) INSERT INTO v FROM v', 'INSERT', 'INSERT a v'],
    ['WITH v AS (FROM a) DELETE FROM t USING u, v WHERE true', 'DELETE', 'DELETE a t u'],
    ['INSERT INTO t (a, b) VALUES (1, 2), (3, 4) RETURNING a, b', 'INSERT', 'INSERT t'],
    ['INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1, c = 2', 'INSERT', 'INSERT t'],
    ['UPDATE t SET a = b, c = d FROM u WHERE e', 'UPDATE', 'UPDATE t u'],
    [
      'MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 2, c = 3 WHEN NOT MATCHED THEN INSERT VALUES (1, 2)',
      'MERGE',
      'MERGE t s',
    ],
    ['TRUNCATE t', 'TRUNCATE', 'TRUNCATE t'],
    ['CREATE UNIQUE INDEX IF NOT EXISTS i ON main.t (a, b)', 'CREATE', 'CREATE main.t'],
    ['CREATE TABLE t (a INTEGER, b DECIMAL(1, 2), PRIMARY KEY (a))', 'CREATE', 'CREATE t'],
    ['CREATE TABLE t AS (SELECT * FROM s)', 'CREATE', 'CREATE t s'],
    ['DROP TABLE IF EXISTS a, b', 'DROP', 'DROP a b'],
    ['COPY t (a, b) TO f (FORMAT csv, PARTITION_BY (a, b))', 'COPY', 'COPY t'],
    ['COPY FROM DATABASE a TO b', 'COPY', 'COPY'],
    ['PIVOT t ON a, b USING sum(c), max(d) GROUP BY e, f', 'PIVOT', 'PIVOT t'],
    ['FROM (UNPIVOT t ON a, b INTO NAME n VALUE v), u', 'SELECT', 'SELECT t u'],
    ['PREPARE p AS UPDATE t SET a = 1', 'PREPARE', 'PREPARE t'],
    ['ANALYZE t', 'ANALYZE', 'ANALYZE t'],
    ['EXPLAIN ANALYZE UPDATE t SET a = 1', 'EXPLAIN', 'EXPLAIN t'],
    ['TABLE t UNION TABLE u', 'SELECT', 'SELECT t u'],
    ['SELEC a FROM t', 'QUERY', 'QUERY t'],
    ['Ada, born 1815', 'QUERY', 'QUERY'],
    [`SELECT E'it\\'s FROM secret' FROM t`, 'SELECT', 'SELECT t'],
    [`SELECT 1 /* /* FROM a */ FROM secret */ FROM t`, 'SELECT', 'SELECT t'],
    [`SELECT a FROM t WHERE b = 'it's FROM secret'`, 'SELECT', 'SELECT t'],
    [`SELECT a FROM t WHERE b = 'FROM secret`, 'SELECT', 'SELECT t'],
    [`SELECT a FROM t WHERE b = $x$ FROM secret`, 'SELECT', 'SELECT t'],
  ])('%s', (sql, operation, summary) => {
    expect(summarizeSql(sql)).toEqual({ operation, summary });
  });

  it.each([
    ['commas', `FROM ${'a, '.repeat(100_000)}b`, 'SELECT a'],
    ['columns', `SELECT ${'a, '.repeat(100_000)}b FROM t`, 'SELECT'],
    ['a few columns', `SELECT ${'a, '.repeat(4_000)}b FROM t`, 'SELECT t'],
    ['values', `INSERT INTO t VALUES ${"(1, 'FROM secret'), ".repeat(100_000)}`, 'INSERT t'],
    ['branches', `SELECT ${'CASE WHEN a THEN ('.repeat(100_000)}`, 'SELECT'],
    ['brackets', `${'('.repeat(100_000)}SELECT 1`, 'SELECT'],
    ['keywords', 'FROM '.repeat(100_000), 'SELECT'],
    ['parts of a name', `FROM a${'.b'.repeat(100_000)}`, 'SELECT'],
    ['a literal', `SELECT 'FROM ${'x'.repeat(1_000_000)}' FROM t`, 'SELECT'],
    ['a comment', `/* FROM secret ${'x'.repeat(200_000)} */ DELETE FROM t`, 'DELETE t'],
    ['a word', 'A'.repeat(1_000_000), 'SELECT'],
  ])('reads only the head of many %s', (_kind, sql, summary) => {
    expect(summarizeSql(sql).summary).toBe(summary);
  });

  it('never throws, contains no literal, and is short', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', "''") })), (text, words) => {
        const sql = `SELECT ${words.map((word) => `'secret ${word}'`).join(', FROM ')} FROM t`;
        expect(summarizeSql(sql).summary).not.toContain('secret');
        expect(summarizeSql(text).summary.length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it('finds the relations that DuckDB finds', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const table = fc.constantFrom('a', 'b', 'main.c', 'd_e', 'F');
    const { query } = fc.letrec<{ query: string; relation: string; expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('x', "'FROM y'", 'z.x', '1'),
        fc.constantFrom(
          "trim(x FROM 'y')",
          'extract(year FROM x)',
          'x IS DISTINCT FROM y',
          'count(x) OVER (ORDER BY x, y)',
        ),
        tie('query').map((inner) => `x IN (${inner})`),
        fc.tuple(tie('expression'), tie('expression')).map(([one, two]) => `list_value(${one}, ${two})`),
      ),
      relation: fc.oneof(
        { maxDepth: 4 },
        table,
        fc.tuple(table, fc.constantFrom('t', 'AS u', 'v(x, y)', 'TABLESAMPLE 10%')).map((parts) => parts.join(' ')),
        fc.constantFrom('range(3) r(x)', "read_csv('FROM y') AS f", '(VALUES (1, 2)) AS w'),
        tie('query').map((inner) => `(${inner}) q`),
        fc
          .tuple(
            tie('relation'),
            fc.constantFrom(' JOIN ', ' LEFT JOIN ', ' ASOF JOIN ', ', '),
            tie('relation'),
            tie('expression'),
          )
          .map(([one, join, two, on]) => (join === ', ' ? `${one}, ${two}` : `${one}${join}${two} ON ${on}`)),
      ),
      query: fc
        .tuple(
          fc.constantFrom(
            '',
            'WITH own AS (FROM b, own2) ',
            'WITH own(x, y) AS NOT MATERIALIZED (SELECT x, y FROM d_e) ',
          ),
          fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
          fc.array(fc.oneof(tie('relation'), fc.constant('own')), { minLength: 1, maxLength: 3 }),
          fc.constantFrom(
            '',
            ' WHERE x, y',
            ' GROUP BY x, y',
            ' ORDER BY x, y LIMIT 5',
            ' UNION ALL SELECT x, y FROM a, F',
          ),
        )
        .map(([own, columns, from, rest]) => `${own}SELECT ${columns.join(', ')} FROM ${from.join(', ')}${rest}`),
    }));
    const referencesOf = async (sql: string): Promise<string[] | undefined> => {
      const references = await tableReferences(connection, sql).catch(() => undefined);
      return references?.map(({ schema, name }) => {
        const written = name.includes(' ') ? `"${name}"` : name;
        return schema === undefined ? written : `${schema}.${written}`;
      });
    };
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(query, async (sql) => {
        const expected = await referencesOf(sql);
        const { summary } = summarizeSql(sql);
        if (expected === undefined || summary.length > 240) return;
        compared += 1;
        const named = summary.match(/"[^"]*"|[^ ]+/g)?.slice(1) ?? [];
        // A name that is a common table expression in one part and a table in another counts as the expression.
        const sorted = (names: readonly string[]): string[] =>
          [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => !name.startsWith('own')).sort();
        expect(sorted(named)).toEqual(sorted(expected));
      }),
      { numRuns: 1000 },
    );
    expect(compared).toBeGreaterThan(300);
    connection.disconnectSync();
    instance.closeSync();
  });
});

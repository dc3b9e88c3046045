import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeSql } from './summarize-sql.ts';

describe('summarizeSql', () => {
  it.each([
    ['SELECT 42', 'SELECT', 'SELECT'],
    ['select * from Flights f join main.airports on iata = origin', 'SELECT', 'SELECT Flights main.airports'],
    ['FROM a, b AS x, c WHERE a.x IN (1, 2)', 'SELECT', 'SELECT a b c'],
    ['WITH v AS (SELECT * FROM a), w AS MATERIALIZED (FROM v) SELECT * FROM w, v', 'SELECT', 'SELECT a'],
    ['(SELECT 1) UNION ALL (FROM t)', 'SELECT', 'SELECT t'],
    [`FROM 'secret.parquet'`, 'SELECT', 'SELECT'],
    ['FROM "https://u:secret@h/x.csv?X-Amz-Signature=secret" JOIN t ON true', 'SELECT', 'SELECT t'],
    ['FROM "/data/secret.parquet", "secret.csv", t', 'SELECT', 'SELECT'],
    ['SELECT * FROM s."secret.csv"', 'SELECT', 'SELECT'],
    [`FROM ${'secret'.repeat(30)}`, 'SELECT', 'SELECT'],
    ['SELECT $é$ FROM secret $é$ FROM t', 'SELECT', 'SELECT t'],
    [`SELECT * FROM read_csv('secret.csv') JOIN b USING (x)`, 'SELECT', 'SELECT b'],
    ['INSERT INTO t SELECT * FROM s', 'INSERT', 'INSERT t s'],
    ['UPDATE "my table" SET x = 1', 'UPDATE', 'UPDATE "my table"'],
    ['DELETE FROM t WHERE x = 1', 'DELETE', 'DELETE t'],
    ['CREATE TABLE IF NOT EXISTS t AS FROM s', 'CREATE', 'CREATE t s'],
    ['CREATE OR REPLACE VIEW v AS FROM s', 'CREATE', 'CREATE v s'],
    [`COPY t TO 'secret.parquet'`, 'COPY', 'COPY t'],
    [`COPY (SELECT * FROM t) TO 'secret.parquet'`, 'COPY', 'COPY t'],
    ['-- FROM secret\n/* JOIN secret */ BEGIN', 'BEGIN', 'BEGIN'],
    ['EXPLAIN ANALYZE SELECT * FROM t', 'EXPLAIN', 'EXPLAIN t'],
    [`SELECT 'it''s FROM secret' FROM t, $$ FROM secret $$`, 'SELECT', 'SELECT t'],
    ['SELECT extract(year FROM date) FROM (SELECT * FROM t) x', 'SELECT', 'SELECT date t'],
    ['', 'SELECT', 'SELECT'],
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
  ])('takes a bounded look at many %s', (_kind, sql, summary) => {
    expect(summarizeSql(sql).summary).toBe(summary);
  });

  it('never throws, never takes a literal, and stays short', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', "''") })), (text, words) => {
        const sql = `SELECT ${words.map((word) => `'secret ${word}'`).join(', FROM ')} FROM t`;
        expect(summarizeSql(sql).summary).not.toContain('secret');
        expect(summarizeSql(text).summary.length).toBeLessThanOrEqual(255);
      }),
    );
  });
});

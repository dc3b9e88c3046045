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
  ])('%s', (sql, operation, summary) => {
    expect(summarizeSql(sql)).toEqual({ operation, summary });
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

import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parameterNames } from './query-parameters.ts';

it('finds the parameters of a text', () => {
  const text = `SELECT a$b, $Day::DATE, x[$i:$j], $"q q", $ spaced, $ü, '$no', $t$ $no $t$, $$ $no $$ -- $no`;
  expect([...parameterNames(text).names]).toEqual(['day', 'i', 'j', 'q q', 'spaced', 'ü']);
  expect(parameterNames('SELECT $12, ?').positional).toBe('$12');
  expect(parameterNames('SELECT ?').positional).toBe('?');
});

it('finds the parameters that DuckDB finds', async () => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const parts = [
    '$a',
    '$B1',
    '$"c d"',
    '$ e',
    `'$f'`,
    '$$ $g $$',
    '$t$ $h $t$',
    '/* $i */ 1',
    'x$y',
    '$é',
    '1',
    '$j::INT',
  ];
  const texts = fc
    .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 })
    .map((columns) => `SELECT ${columns.join(', ')} FROM (SELECT 1 AS x$y)`);
  await fc.assert(
    fc.asyncProperty(texts, async (sql) => {
      const statement = await connection.prepare(sql);
      const names = Array.from({ length: statement.parameterCount }, (_, index) => statement.parameterName(index + 1));
      statement.destroySync();
      expect([...parameterNames(sql).names].sort()).toEqual(names.map((name) => name.toLowerCase()).sort());
    }),
  );
  instance.closeSync();
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlightSql } from './highlight-sql.ts';

const kinds = (sql: string): string[] =>
  highlightSql(sql)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, text }) => `${kind} ${text}`);

describe('highlightSql', () => {
  it('tells keywords, functions, names, texts, numbers, parameters and comments apart', () => {
    expect(kinds(`SELECT count(*), "select", 'it''s' FROM t1 WHERE a >= 1.5e3 AND b = ?1 AND c = $id -- end`)).toEqual([
      'keyword SELECT',
      'function count',
      'symbol (',
      'symbol *',
      'symbol )',
      'symbol ,',
      'name "select"',
      'symbol ,',
      "string 'it''s'",
      'keyword FROM',
      'name t1',
      'keyword WHERE',
      'name a',
      'symbol >',
      'symbol =',
      'number 1.5e3',
      'keyword AND',
      'name b',
      'symbol =',
      'parameter ?1',
      'keyword AND',
      'name c',
      'symbol =',
      'parameter $id',
      'comment -- end',
    ]);
  });

  it('takes a text in dollars, and what is not closed, as one', () => {
    expect(kinds("$a$ it's $a$")).toEqual(["string $a$ it's $a$"]);
    expect(kinds("SELECT 'open")).toEqual(['keyword SELECT', "string 'open"]);
    expect(kinds('/* open')).toEqual(['comment /* open']);
  });

  it('loses nothing of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (sql) => {
        expect(
          highlightSql(sql)
            .map(({ text }) => text)
            .join(''),
        ).toBe(sql);
      }),
    );
  });

  it('takes a text of a megabyte in one pass', () => {
    const started = performance.now();
    highlightSql(`SELECT ${"'a' || ".repeat(140_000)}1`);
    highlightSql('/*'.repeat(500_000));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

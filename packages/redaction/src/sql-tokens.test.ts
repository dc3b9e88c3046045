import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { redactPlan, redactPlanEntries, sqlIdentifiers } from './index.ts';
import { sqlTokens } from './sql-tokens.ts';

test('says of each token what it is and where, comments and white space left out', () => {
  const sql = `SELECT "a b", 'it''s', 1.5 -- c\n FROM t /* /* d */ */ WHERE x = $$e$$ AND y <> $1`;
  expect([...sqlTokens(sql)].map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'word SELECT',
    'name "a b"',
    'other ,',
    "literal 'it''s'",
    'other ,',
    'literal 1.5',
    'word FROM',
    'word t',
    'word WHERE',
    'word x',
    'other =',
    'literal $$e$$',
    'word AND',
    'word y',
    'other <>',
    'other $1',
  ]);
});

test('leaves nothing out but comments and white space, and ends at its limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, maxCharacters) => {
      const tokens = [...sqlTokens(text, { maxCharacters })];
      for (const token of tokens) expect(text.startsWith(token.text, token.start)).toBe(true);
      expect((tokens.at(-1)?.start ?? 0) + (tokens.at(-1)?.text.length ?? 0)).toBeLessThanOrEqual(maxCharacters);
    }),
  );
  expect([...sqlTokens('('.repeat(1_000_000))]).toHaveLength(65_536);
});

describe('sqlIdentifiers', () => {
  it('finds the names that a query writes, and nothing of its literals and comments', () => {
    const sql = `SELECT t.city AS "town", $$ann$$, E'bob' -- carl\n FROM people t WHERE name = 'dora' /* emil */`;
    expect(sqlIdentifiers(sql)).toEqual(['SELECT', 't', 'city', 'AS', 'town', 'FROM', 'people', 'WHERE', 'name']);
  });

  it('knows no name from where quotes do not pair', () => {
    expect(sqlIdentifiers(`SELECT name FROM people WHERE name = 'it's ann'`)).not.toContain('ann');
  });

  it('leaves what settings are given without quotes', () => {
    expect(sqlIdentifiers('SET s3_secret_access_key = hunter')).not.toContain('hunter');
  });

  it('lets a plan show them, and no pivoted value', () => {
    const identifiers = sqlIdentifiers(`FROM (PIVOT people ON city IN ('Oslo') USING sum(amount))`);
    expect(redactPlan('Projections=[amount, Oslo]', { identifiers })).toBe('Projections=[amount, ?1]');
    expect(redactPlanEntries(['people', 'Oslo', "'a", "Oslo'"], { identifiers })).toEqual(['people', '?1', '?2']);
  });
});

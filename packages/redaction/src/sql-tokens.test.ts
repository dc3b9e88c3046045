import fc from 'fast-check';
import { expect, test } from 'vitest';
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

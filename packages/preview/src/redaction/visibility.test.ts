import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnGlob } from './visibility.ts';

test('knows stars, question marks and no case', () => {
  const matches = columnGlob('*Email*');
  expect(['email', 'user.EMAIL_address', 'e-mail'].map(matches)).toEqual([true, true, false]);
  expect(columnGlob('user.?d')('user.id')).toBe(true);
  expect(columnGlob('a.c')('abc')).toBe(false);
  expect(columnGlob('*')('')).toBe(true);
});

test('agrees with the regular expression of the same meaning', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '.', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (pattern, subject) => {
      const source = pattern.replace(/[.*?]/g, (character) => ({ '.': '\\.', '*': '.*', '?': '.' })[character] ?? '');
      expect(columnGlob(pattern)(subject)).toBe(new RegExp(`^${source}$`, 'i').test(subject));
    }),
  );
});

test('stays fast where a backtracking one would not', () => {
  const start = performance.now();
  expect(columnGlob(`${'*a'.repeat(20)}b`)('a'.repeat(2000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(2_000);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { uniqueNames } from './unique-names.ts';

test('repeated names are numbered as the driver numbers them', () => {
  expect(uniqueNames(['a', 'b', 'a', '', 'a', ''])).toEqual(['a', 'b', 'a:1', '', 'a:2', ':1']);
});

test('a name that another column has is not given again', () => {
  expect(uniqueNames(['a', 'a', 'a:1', 'a:1'])).toEqual(['a', 'a:2', 'a:1', 'a:1:1']);
});

test('names are unique, and the first of a kind keeps its own', () => {
  const name = fc.stringMatching(/^[ab](:[12])?$/);
  fc.assert(
    fc.property(fc.array(name), (names) => {
      const unique = uniqueNames(names);
      expect(new Set(unique).size).toBe(names.length);
      for (const one of new Set(names)) expect(unique[names.indexOf(one)]).toBe(one);
    }),
  );
});

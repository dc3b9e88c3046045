import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePairs } from './read-variable.ts';

it.each([
  ['a=1,b=2', { a: '1', b: '2' }],
  [' a = 1 , b = 2 ,', { a: '1', b: '2' }],
  ['name=K%C3%B6ln%2C%20s%C3%BCd', { name: 'Köln, süd' }],
  ['authorization=Basic YWJj==', { authorization: 'Basic YWJj==' }],
  ['empty=', { empty: '' }],
  ['a=1,a=2', { a: '2' }],
  ['', {}],
])('reads %s', (text, pairs) => {
  expect(parsePairs(text)).toEqual(pairs);
});

it.each(['a', '=1', 'a=1,b', 'a=%', 'a=%C3', '%=1'])('refuses %s', (text) => {
  expect(parsePairs(text)).toBeUndefined();
});

it('reads back whatever was percent-encoded', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(word, fc.string({ unit: 'grapheme' })), (pairs) => {
      const text = Object.entries(pairs).map(
        ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
      );
      expect(Object.entries(parsePairs(text.join(',')) ?? {}).sort()).toEqual(Object.entries(pairs).sort());
    }),
  );
});

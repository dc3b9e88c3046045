import type { SeenObject } from '@planscope/duckdb';
import { MemoryStore, type ObjectMeta } from '@planscope/object-store';
import { expect, it } from 'vitest';
import { isSameState } from './direct-reads.ts';

const NOON = Date.parse('2026-11-29T12:00:00Z');

function compare(meta: Partial<ObjectMeta>, seen: Partial<SeenObject>, url = 's3://lake/a.csv'): boolean | undefined {
  const all = { path: 'a.csv', size: 100, lastModified: new Date(NOON), ...meta } as ObjectMeta;
  return isSameState({ url, store: new MemoryStore(), meta: all }, { location: url, ...seen });
}

it.each<[string, Partial<ObjectMeta>, Partial<SeenObject>, boolean | undefined]>([
  ['equal etags', { eTag: '"a"' }, { etag: '"a"', modified: NOON - 5000 }, true],
  ['other etags', { eTag: '"a"' }, { etag: '"b"', size: 100n, modified: NOON }, false],
  ['another size', { eTag: 'W/"a"' }, { etag: 'W/"a"', size: 99n }, false],
  ['weak etags, the same time', { eTag: 'W/"a"' }, { etag: 'W/"a"', size: 100n, modified: NOON }, true],
  ['an etag that a proxy made weak', { eTag: '"a"' }, { etag: 'W/"a"', size: 100n, modified: NOON }, true],
  ['no etags, times of one second', { lastModified: new Date(NOON + 700) }, { size: 100n, modified: NOON }, true],
  ['no etags, another time', {}, { size: 100n, modified: NOON + 1000 }, false],
  ['no etags, no size', {}, { modified: NOON }, undefined],
  ['nothing', {}, {}, undefined],
])('compares by %s', (_, meta, seen, expected) => {
  expect(compare(meta, seen)).toBe(expected);
});

it('compares objects of Google by their generation only', () => {
  const url = 'gs://lake/a.csv';
  expect(compare({ eTag: 'x', version: '7' }, { etag: '"y"', generation: '7' }, url)).toBe(true);
  expect(compare({ eTag: 'x', version: '7' }, { etag: '"y"', generation: '8' }, url)).toBe(false);
  expect(compare({ eTag: 'x' }, { etag: '"y"', size: 100n, modified: NOON + 1000 }, url)).toBeUndefined();
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import {
  comparePaths,
  decodeSegment,
  isBelow,
  joinPath,
  type ObjectPath,
  parseObjectPath,
  parsePath,
  pathSegments,
  rootPath,
} from './object-path.ts';

const anyText = fc.string({ unit: 'binary', minLength: 1 });
const segment = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !/[/\p{Surrogate}\p{Cc}]/u.test(text) && text !== '.' && text !== '..');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));

const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

describe('parsePath', () => {
  it('gives a sound path back as it was, without its outer slashes', () => {
    fc.assert(
      fc.property(path, (text) => {
        expect(parsePath(text)).toBe(text);
        expect(parsePath(`/${text}`)).toBe(text);
        expect(parsePath(`${text}/`)).toBe(text);
        expect(pathSegments(parsePath(text)).join('/')).toBe(text);
      }),
    );
  });

  it('never lets a segment through that could climb or vanish', () => {
    const hostile = fc.constantFrom('', '.', '..', 'a\u0000b', '\n', '\u007f', '\ud800', 'x\udc00');
    fc.assert(
      fc.property(fc.array(segment), hostile, fc.array(segment, { minLength: 1 }), (before, bad, after) => {
        const text = ['first', ...before, bad, ...after].join('/');
        expect(() => parsePath(text, 'shelf')).toThrow(ObjectStoreError);
      }),
    );
  });

  it('says which store and path were meant', () => {
    expect(() => parsePath('a/../b', 'shelf')).toThrow(
      '[planscope/object-store] a path may not hold the segment ".."; encode it with joinPath (store "shelf", path "a/../b")',
    );
    expect(parsePath('')).toBe(rootPath);
    expect(parsePath('/')).toBe(rootPath);
    expect(() => parseObjectPath('/', 'shelf')).toThrow('the path of an object may not be empty');
  });
});

describe('joinPath', () => {
  it('holds any text in a segment of its own', () => {
    fc.assert(
      fc.property(fc.array(anyText.filter(isWellFormed), { minLength: 1 }), (texts) => {
        const joined = joinPath(...texts);
        expect(pathSegments(joined).map(decodeSegment)).toEqual(texts);
        expect(parsePath(joined)).toBe(joined);
      }),
    );
  });

  it('leaves what needs no encoding readable', () => {
    expect(joinPath('year=2024', 'a b.csv', '\u00e9')).toBe('year=2024/a b.csv/\u00e9');
    expect(() => joinPath('a', '')).toThrow('an empty segment');
  });
});

describe('isBelow', () => {
  it('goes by whole segments', () => {
    fc.assert(
      fc.property(path, segment, (prefix, name) => {
        const above = parsePath(prefix);
        expect(isBelow(`${prefix}/${name}`, above)).toBe(true);
        expect(isBelow(prefix, above)).toBe(false);
        expect(isBelow(prefix + name, above)).toBe(false);
        expect(isBelow(prefix, rootPath)).toBe(true);
      }),
    );
    expect(isBelow(rootPath, rootPath as ObjectPath)).toBe(false);
  });
});

describe('comparePaths', () => {
  it('orders as the UTF-8 bytes do', () => {
    const text = fc.string({ unit: 'binary' }).filter(isWellFormed);
    fc.assert(
      fc.property(text, text, (left, right) => {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(comparePaths(left, right))).toBe(bytes);
      }),
    );
    expect(comparePaths('\uff5e', '\u{1f600}')).toBeLessThan(0);
  });
});

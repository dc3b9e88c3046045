import { randomUUID } from 'node:crypto';
import { ObjectStoreError } from '../contract/object-store-error.ts';

declare const brand: unique symbol;

/** A checked path: segments joined by `/`, none of them empty, `.` or `..`; the empty path is the root. */
export type ObjectPath = string & { readonly [brand]: 'ObjectPath' };

/** The empty path, above all objects of a store. */
export const rootPath: ObjectPath = '' as ObjectPath;

// A lone surrogate has no UTF-8 form, so a store would give back another path than it was given.
// biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters on purpose
const FORBIDDEN = /[\u0000-\u001f\u007f]|\p{Surrogate}/u;

/**
 * Checks a path without decoding it. Removes one `/` at either end.
 *
 * @param store name of the store for the error
 * @throws ObjectStoreError InvalidPath for an empty segment, `.`, `..`, a control character or half a surrogate pair
 */
export function parsePath(text: string, store?: string): ObjectPath {
  const path = text.slice(text.startsWith('/') ? 1 : 0, text.length > 1 && text.endsWith('/') ? -1 : undefined);
  if (path === '') return rootPath;
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) {
      throw new ObjectStoreError('InvalidPath', `a path may not hold ${problem}; encode it with joinPath`, {
        store,
        path: text,
      });
    }
  }
  return path as ObjectPath;
}

/**
 * The path of an object: like `parsePath`, but refuses the root.
 *
 * @throws ObjectStoreError InvalidPath
 */
export function parseObjectPath(text: string, store?: string): ObjectPath {
  const path = parsePath(text, store);
  if (path === rootPath) {
    throw new ObjectStoreError('InvalidPath', 'the path of an object may not be empty', { store, path: text });
  }
  return path;
}

/** The segments of a path; none for the root. */
export function pathSegments(path: ObjectPath): string[] {
  return path === rootPath ? [] : path.split('/');
}

/** Whether the path lies below the prefix by whole segments; a path does not lie below itself. */
export function isBelow(path: string, prefix: ObjectPath): boolean {
  return prefix === rootPath ? path !== rootPath : path.startsWith(`${prefix}/`);
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'an empty segment';
  if (segment === '.' || segment === '..') return `the segment "${segment}"`;
  if (FORBIDDEN.test(segment)) return 'a control character or half a surrogate pair';
  return undefined;
}

/**
 * A path from any texts, one for each segment. Percent-encodes the percent sign and what a segment may not contain, so
 * that `decodeSegment` returns every text.
 *
 * @throws ObjectStoreError InvalidPath for an empty text or half a surrogate pair
 */
export function joinPath(...segments: readonly string[]): ObjectPath {
  return parsePath(segments.map(checkedEncode).join('/'));
}

/** The text that `joinPath` encoded. */
export function decodeSegment(segment: string): string {
  return decodeURIComponent(segment);
}

function checkedEncode(text: string): string {
  if (text === '') throw new ObjectStoreError('InvalidPath', 'a path may not hold an empty segment');
  if (text === '.' || text === '..') return text.replaceAll('.', '%2E');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters on purpose
  return text.replace(/[\u0000-\u001f\u007f/%]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** Orders texts by their UTF-8 bytes, as object stores do; UTF-16 order differs above U+D7FF. */
export function comparePaths(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return utf8Rank(a) - utf8Rank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above U+FFFF, so they go after every other unit. */
function utf8Rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const hiddenPattern = /^\.planscope-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A new name for a file or directory that holds an unfinished write; the store never shows it as an object. */
export function hiddenName(): string {
  return `.planscope-${randomUUID()}`;
}

export function isHiddenName(name: string): boolean {
  return hiddenPattern.test(name);
}

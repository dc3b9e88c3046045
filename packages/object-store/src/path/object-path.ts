import { ObjectStoreError } from '../contract/object-store-error.ts';

declare const brand: unique symbol;

/** A checked path: segments joined by `/`, none of them empty, `.` or `..`; the empty path is the root. */
export type ObjectPath = string & { readonly [brand]: 'ObjectPath' };

/** The empty path, above all objects of a store. */
export const rootPath: ObjectPath = '' as ObjectPath;

// A lone surrogate has no UTF-8 form, so a store would give back another path than it was given.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f]|\p{Surrogate}/u;

/**
 * Checks a path as it stands: a percent sign is a percent sign. One `/` at either end is taken off.
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
 * The path of an object: like `parsePath`, and not the root.
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

// Keys of a cloud store as paths, and pages of them.

import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { DelimitedEntry, ObjectMeta } from '../contract/store-calls.ts';
import {
  comparePaths,
  isHiddenName,
  type ObjectPath,
  parseObjectPath,
  pathSegments,
  rootPath,
} from '../path/object-path.ts';

/** What a cloud store is asked to list. */
export interface CloudListing {
  readonly prefix: ObjectPath;
  /** Entries start after this path. */
  readonly offset?: string;
  /** Set to show what lies further down as common prefixes. */
  readonly delimiter?: '/';
}

/** The same pages without common prefixes. */
export async function* objectsOf(pages: AsyncIterable<readonly DelimitedEntry[]>): AsyncGenerator<ObjectMeta[]> {
  for await (const page of pages) yield page.flatMap((entry) => (entry.type === 'object' ? [entry.meta] : []));
}

/** The prefix of the keys below a path. */
export function keyPrefix(prefix: ObjectPath): string {
  return prefix === rootPath ? '' : `${prefix}/`;
}

/** The path of a key; undefined where no path holds it, as for `a//b`, or the marker of a folder, `a/`. */
export function pathOfKey(key: string): ObjectPath | undefined {
  try {
    const path = parseObjectPath(key);
    return path === key && !pathSegments(path).some(isHiddenName) ? path : undefined;
  } catch (error) {
    if (ObjectStoreError.isInstance(error, 'InvalidPath')) return undefined;
    throw error;
  }
}

/** Objects and common prefixes of a page, in one order: a prefix goes where its objects go. */
export function mergeEntries(objects: readonly ObjectMeta[], prefixes: readonly string[]): DelimitedEntry[] {
  const entries = [
    ...objects.map((meta) => ({ key: meta.path as string, entry: { type: 'object', meta } as const })),
    ...prefixes.flatMap((key) => {
      const path = pathOfKey(key.replace(/\/$/, ''));
      return path === undefined ? [] : [{ key, entry: { type: 'prefix', path } as const }];
    }),
  ];
  return entries.sort((left, right) => comparePaths(left.key, right.key)).map(({ entry }) => entry);
}

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

/** What to list from a cloud store. */
export interface CloudListing {
  readonly prefix: ObjectPath;
  /** Entries start after this path. */
  readonly offset?: string;
  /** Set to group deeper objects into common prefixes. */
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

/** The path of a key; undefined if it has none, as for `a//b` or a folder marker, `a/`. */
export function pathOfKey(key: string): ObjectPath | undefined {
  try {
    const path = parseObjectPath(key);
    return path === key && !pathSegments(path).some(isHiddenName) ? path : undefined;
  } catch (error) {
    if (ObjectStoreError.isInstance(error, 'InvalidPath')) return undefined;
    throw error;
  }
}

/** Objects and common prefixes of a page in one order: a prefix sorts where its objects do. */
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

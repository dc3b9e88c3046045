import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { comparePaths } from '../path/compare-paths.ts';
import { type ObjectPath, parsePath, rootPath } from '../path/object-path.ts';
import { isHiddenName } from '../upload/hidden-name.ts';
import { isMissing } from './file-error.ts';

/** A regular file or a directory; links are followed. */
export interface DirectoryEntry {
  readonly path: ObjectPath;
  readonly file: string;
  readonly stats: BigIntStats;
}

/** How many files are asked for their size at one time. */
const concurrency = 32;

/**
 * What a directory holds, in the order its objects have in a listing: a directory goes where its children go. Left out
 * are unfinished writes, links that lead nowhere, and names that no path can hold.
 */
export async function* readDirectory(directory: string, prefix: ObjectPath): AsyncGenerator<DirectoryEntry> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const ordered = entries
    .filter((entry) => !isHiddenName(entry.name))
    .flatMap((entry) => {
      const path = childPath(prefix, entry.name);
      return path === undefined ? [] : [{ path, file: join(directory, entry.name), entry }];
    });
  const links = await Promise.all(
    ordered
      .filter(({ entry }) => entry.isSymbolicLink())
      .map(async ({ path, file }) => [path, await statOf(file)] as const),
  );
  const linked = new Map(links);
  const isDirectory = ({ path, entry }: (typeof ordered)[number]): boolean =>
    entry.isDirectory() || linked.get(path)?.isDirectory() === true;
  const sorted = ordered
    .map((found) => ({ ...found, key: isDirectory(found) ? `${found.path}/` : found.path }))
    .sort((left, right) => comparePaths(left.key, right.key));
  for (let start = 0; start < sorted.length; start += concurrency) {
    const batch = sorted.slice(start, start + concurrency);
    const stats = await Promise.all(batch.map(({ path, file }) => linked.get(path) ?? statOf(file)));
    for (const [index, { path, file }] of batch.entries()) {
      const found = stats[index];
      if (found !== undefined && (found.isFile() || found.isDirectory())) yield { path, file, stats: found };
    }
  }
}

async function statOf(file: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ELOOP') return undefined;
    throw error;
  }
}

function childPath(prefix: ObjectPath, name: string): ObjectPath | undefined {
  try {
    return parsePath(prefix === rootPath ? name : `${prefix}/${name}`);
  } catch (error) {
    if (ObjectStoreError.isInstance(error, 'InvalidPath')) return undefined;
    throw error;
  }
}

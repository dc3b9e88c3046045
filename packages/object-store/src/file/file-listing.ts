// The files below a directory as a listing.

import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { DelimitedEntry, ObjectMeta } from '../contract/store-calls.ts';
import { comparePaths, isHiddenName, type ObjectPath, parsePath, rootPath } from '../path/object-path.ts';
import { fileMeta, isMissing } from './file-object.ts';

/**
 * The objects below a directory, in order. Links to directories are followed, except where they lead back to a directory above.
 *
 * @param offset only objects after this path; directories that lie before it are not read
 */
export async function* walkObjects(
  directory: string,
  prefix: ObjectPath,
  offset?: string,
  above: ReadonlySet<string> = new Set(),
): AsyncGenerator<ObjectMeta> {
  for await (const entry of readDirectory(directory, prefix)) {
    if (!entry.stats.isDirectory()) {
      if (offset === undefined || comparePaths(entry.path, offset) > 0) yield fileMeta(entry.path, entry.stats);
    } else if (!above.has(identity(entry)) && mayHoldAfter(entry.path, offset)) {
      yield* walkObjects(entry.file, entry.path, offset, new Set([...above, identity(entry)]));
    }
  }
}

/** What lies directly below a directory; a directory without objects is not a prefix. */
export async function* walkDelimited(directory: string, prefix: ObjectPath): AsyncGenerator<DelimitedEntry> {
  for await (const entry of readDirectory(directory, prefix)) {
    if (!entry.stats.isDirectory()) {
      yield { type: 'object', meta: fileMeta(entry.path, entry.stats) };
    } else if (await holdsObject(entry)) {
      yield { type: 'prefix', path: entry.path };
    }
  }
}

async function holdsObject({ file, path }: DirectoryEntry): Promise<boolean> {
  for await (const _ of walkObjects(file, path)) return true;
  return false;
}

function mayHoldAfter(directory: ObjectPath, offset: string | undefined): boolean {
  const start = `${directory}/`;
  return offset === undefined || offset.startsWith(start) || comparePaths(start, offset) > 0;
}

function identity({ stats }: DirectoryEntry): string {
  return `${stats.dev}:${stats.ino}`;
}

/** A regular file or a directory; links are followed. */
interface DirectoryEntry {
  readonly path: ObjectPath;
  readonly file: string;
  readonly stats: BigIntStats;
}

/** Most `stat` calls at a time. */
const concurrentStats = 32;

/**
 * The entries of a directory, in the order of a listing of its objects: a directory sorts where its children do.
 * Skips unfinished writes, broken links and names that no path can hold.
 */
async function* readDirectory(directory: string, prefix: ObjectPath): AsyncGenerator<DirectoryEntry> {
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
  for (let start = 0; start < sorted.length; start += concurrentStats) {
    const batch = sorted.slice(start, start + concurrentStats);
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

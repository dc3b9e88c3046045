import type { DelimitedEntry } from '../contract/listing.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';
import { comparePaths } from '../path/compare-paths.ts';
import type { ObjectPath } from '../path/object-path.ts';
import { fileMeta } from './file-meta.ts';
import { type DirectoryEntry, readDirectory } from './read-directory.ts';

/**
 * The objects below a directory, in order. A link to a directory is followed, but never round in a circle.
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

/** What lies directly below a directory; a directory without an object in it is no prefix. */
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

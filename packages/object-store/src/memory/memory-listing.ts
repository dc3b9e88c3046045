import type { DelimitedEntry } from '../contract/listing.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';
import { comparePaths } from '../path/compare-paths.ts';
import { isBelow, type ObjectPath, rootPath } from '../path/object-path.ts';

/** The objects below a prefix and after an offset, in order. */
export function* objectsBelow(
  objects: Iterable<ObjectMeta>,
  prefix: ObjectPath,
  offset: string | undefined,
): Generator<ObjectMeta> {
  yield* [...objects]
    .filter(({ path }) => isBelow(path, prefix) && (offset === undefined || comparePaths(path, offset) > 0))
    .sort((left, right) => comparePaths(left.path, right.path));
}

/** Ordered objects, those below a further `/` shown once as their common prefix. */
export function* delimitedEntries(objects: Iterable<ObjectMeta>, prefix: ObjectPath): Generator<DelimitedEntry> {
  const start = prefix === rootPath ? 0 : prefix.length + 1;
  let last: string | undefined;
  for (const meta of objects) {
    const slash = meta.path.indexOf('/', start);
    if (slash === -1) {
      yield { type: 'object', meta };
      continue;
    }
    const path = meta.path.slice(0, slash) as ObjectPath;
    if (path !== last) yield { type: 'prefix', path };
    last = path;
  }
}

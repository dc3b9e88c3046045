// How stores make listings: pages from a source, from entries, or from all objects.

import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { DelimitedEntry, Listing, ObjectMeta } from '../contract/store-calls.ts';
import { comparePaths, isBelow, type ObjectPath, rootPath } from '../path/object-path.ts';

/** A listing over a source of pages; the source is asked for its first page only when the reader asks. */
export class PagedListing<Entry> implements Listing<Entry> {
  #source: (() => AsyncIterable<readonly Entry[]>) | undefined;

  constructor(source: () => AsyncIterable<readonly Entry[]>) {
    this.#source = source;
  }

  pages(): AsyncIterable<readonly Entry[]> {
    const source = this.#source;
    if (source === undefined) throw new ObjectStoreError('Generic', 'a listing can be read only once');
    this.#source = undefined;
    return lazily(source);
  }

  [Symbol.asyncIterator](): AsyncIterator<Entry> {
    return entriesOf(this.pages());
  }
}

async function* entriesOf<Entry>(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<Entry> {
  for await (const page of pages) yield* page;
}

/** The source's items; creates the source when the reader asks for the first. */
export async function* lazily<Item>(source: () => AsyncIterable<Item>): AsyncGenerator<Item> {
  yield* source();
}

const defaultPageSize = 1000;

/**
 * Groups entries into pages as they arrive; checks the signal before each entry.
 *
 * @param pageSize most entries of a page, from 1; default 1000
 */
export async function* pagesOf<Entry>(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: { readonly pageSize?: number | undefined; readonly signal?: AbortSignal | undefined },
  where: { readonly store: string; readonly path: string },
): AsyncGenerator<readonly Entry[]> {
  const pageSize = checkedPageSize(options.pageSize, where);
  options.signal?.throwIfAborted();
  let page: Entry[] = [];
  for await (const entry of entries) {
    options.signal?.throwIfAborted();
    page.push(entry);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** @throws ObjectStoreError Generic unless it is a whole number from 1 */
export function checkedPageSize(
  pageSize: number | undefined,
  where: { readonly store: string; readonly path: string },
): number {
  if (pageSize === undefined) return defaultPageSize;
  if (Number.isSafeInteger(pageSize) && pageSize >= 1) return pageSize;
  throw new ObjectStoreError('Generic', `pageSize ${pageSize} must be a whole number from 1 up`, where);
}

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

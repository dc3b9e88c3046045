import { ObjectStoreError } from '../error/object-store-error.ts';

const defaultPageSize = 1000;

/**
 * Parts entries into pages as they come; the signal is looked at before each entry.
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

/** @throws ObjectStoreError Generic for anything but a whole number from 1 */
export function checkedPageSize(
  pageSize: number | undefined,
  where: { readonly store: string; readonly path: string },
): number {
  if (pageSize === undefined) return defaultPageSize;
  if (Number.isSafeInteger(pageSize) && pageSize >= 1) return pageSize;
  throw new ObjectStoreError('Generic', `pageSize ${pageSize} must be a whole number from 1 up`, where);
}

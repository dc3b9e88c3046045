import type { File, GetFilesOptions } from '@google-cloud/storage';
import type { CloudListing } from '../cloud/cloud-listing.ts';
import { keyPrefix, mergeEntries, pathOfKey } from '../cloud/object-keys.ts';
import type { DelimitedEntry, ListOptions } from '../contract/listing.ts';
import { checkedPageSize } from '../listing/pages-of.ts';
import type { GsConnection } from './gs-connection.ts';
import { metaOf } from './gs-request.ts';

const largestPage = 1000;

/** Pages of objects and common prefixes; names that no path can hold are left out. */
export async function* listPages(
  connection: GsConnection,
  { prefix, offset, delimiter }: CloudListing,
  options: ListOptions,
): AsyncGenerator<DelimitedEntry[]> {
  const where = { store: connection.store, path: prefix };
  let query: GetFilesOptions | undefined = {
    autoPaginate: false,
    prefix: keyPrefix(prefix),
    maxResults: Math.min(checkedPageSize(options.pageSize, where), largestPage),
    ...(offset === undefined ? {} : { startOffset: offset }),
    ...(delimiter === undefined ? {} : { delimiter }),
  };
  while (query !== undefined) {
    const current: GetFilesOptions = query;
    const [files, next, response] = (await connection.send(prefix, options, (bucket) =>
      bucket.getFiles(current),
    )) as Page;
    // The service starts at the offset, the contract after it.
    const objects = files.flatMap(({ name, metadata }) => {
      const path = name === offset ? undefined : pathOfKey(name);
      return path === undefined ? [] : [metaOf(path, metadata)];
    });
    const page = mergeEntries(objects, response?.prefixes ?? []);
    if (page.length > 0) yield page;
    query = next?.pageToken === undefined ? undefined : { ...current, pageToken: next.pageToken };
  }
}

type Page = readonly [
  files: readonly File[],
  next: { readonly pageToken?: string } | null | undefined,
  response: { readonly prefixes?: readonly string[] } | undefined,
];

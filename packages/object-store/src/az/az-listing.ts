import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { CloudListing } from '../cloud/cloud-listing.ts';
import { keyPrefix, mergeEntries, pathOfKey } from '../cloud/object-keys.ts';
import type { DelimitedEntry, ListOptions } from '../contract/listing.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';
import { checkedPageSize } from '../listing/pages-of.ts';
import { comparePaths } from '../path/compare-paths.ts';
import type { AzConnection } from './az-connection.ts';
import { quoted } from './az-request.ts';

const largestPage = 5000;

/**
 * Pages of objects and common prefixes. An offset is applied here: not every service takes one. Names that no path can
 * hold are left out, and so are the directories of a hierarchical account.
 */
export async function* listPages(
  connection: AzConnection,
  { prefix, offset, delimiter }: CloudListing,
  options: ListOptions,
): AsyncGenerator<DelimitedEntry[]> {
  const maxPageSize = Math.min(
    checkedPageSize(options.pageSize, { store: connection.store, path: prefix }),
    largestPage,
  );
  let continuationToken: string | undefined;
  do {
    const settings = { maxPageSize, ...(continuationToken === undefined ? {} : { continuationToken }) };
    const { value } = await connection.send(prefix, options, (container, http) =>
      pagesOf(container, { prefix: keyPrefix(prefix), ...http }, delimiter)
        .byPage(settings)
        .next(),
    );
    const { blobItems = [], blobPrefixes = [] } = value?.segment ?? {};
    const objects = blobItems.flatMap((item: BlobItem) => metaOf(item));
    const page = mergeEntries(
      objects.filter(({ path }: ObjectMeta) => offset === undefined || comparePaths(path, offset) > 0),
      blobPrefixes.map(({ name }: { name: string }) => name),
    );
    if (page.length > 0) yield page;
    continuationToken = value?.continuationToken || undefined;
  } while (continuationToken !== undefined);
}

interface PagedBlobs {
  byPage(settings: { maxPageSize: number; continuationToken?: string }): AsyncIterator<BlobPage>;
}

interface BlobPage {
  readonly segment: { readonly blobItems: BlobItem[]; readonly blobPrefixes?: { name: string }[] };
  readonly continuationToken?: string;
}

function pagesOf(container: ContainerClient, options: { prefix: string }, delimiter: '/' | undefined): PagedBlobs {
  return delimiter === undefined
    ? container.listBlobsFlat(options)
    : container.listBlobsByHierarchy(delimiter, options);
}

function metaOf({ name, properties, versionId }: BlobItem): ObjectMeta[] {
  const path = pathOfKey(name);
  if (path === undefined || (properties as { resourceType?: string }).resourceType === 'directory') return [];
  return [
    {
      path,
      size: properties.contentLength ?? 0,
      lastModified: properties.lastModified,
      eTag: quoted(properties.etag),
      ...(versionId === undefined ? {} : { version: versionId }),
    },
  ];
}

// What goes to the service and what comes back, in the terms of the contract: pages, conditions, fields.

import type {
  BlobDownloadResponseParsed,
  BlobGetPropertiesResponse,
  BlobHTTPHeaders,
  BlobItem,
  BlobRequestConditions,
  ContainerClient,
} from '@azure/storage-blob';
import { type CloudListing, keyPrefix, mergeEntries, pathOfKey } from '../cloud/cloud-listing.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type {
  DelimitedEntry,
  GetOptions,
  ListOptions,
  ObjectAttributes,
  ObjectMeta,
  PutMode,
  PutOptions,
} from '../contract/store-calls.ts';
import { checkedPageSize } from '../listing/paged-listing.ts';
import { comparePaths, type ObjectPath } from '../path/object-path.ts';
import type { AzConnection } from './az-connection.ts';

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

type Output = BlobDownloadResponseParsed | BlobGetPropertiesResponse;

/** Only the values that are set. */
function present<Value>(values: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

export function writeOptions({ attributes = {}, tags = {} }: PutOptions): {
  blobHTTPHeaders: BlobHTTPHeaders;
  metadata?: Record<string, string>;
  tags?: Record<string, string>;
} {
  const { metadata } = attributes;
  return {
    blobHTTPHeaders: present({
      blobContentType: attributes.contentType,
      blobContentEncoding: attributes.contentEncoding,
      blobContentDisposition: attributes.contentDisposition,
      blobContentLanguage: attributes.contentLanguage,
      blobCacheControl: attributes.cacheControl,
    }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...(Object.keys(tags).length === 0 ? {} : { tags: { ...tags } }),
  };
}

/** @throws ObjectStoreError NotSupported for an update by version, which the service cannot test */
export function modeConditions(
  mode: PutMode | undefined,
  where: { readonly store: string; readonly path: string },
): BlobRequestConditions {
  if (mode === 'create') return { ifNoneMatch: '*' };
  if (typeof mode !== 'object') return {};
  if (mode.update.eTag !== undefined) return { ifMatch: mode.update.eTag };
  throw new ObjectStoreError('NotSupported', 'an update of this store needs an eTag', where);
}

export function readConditions(options: GetOptions): BlobRequestConditions {
  return present<string | Date>({
    ifMatch: options.ifMatch,
    ifNoneMatch: options.ifNoneMatch,
    ifModifiedSince: options.ifNoneMatch === undefined ? options.ifModifiedSince : undefined,
    ifUnmodifiedSince: options.ifMatch === undefined ? options.ifUnmodifiedSince : undefined,
  });
}

export function outputAttributes(output: Output): ObjectAttributes {
  const { metadata = {} } = output;
  return {
    ...present({
      contentType: output.contentType,
      contentEncoding: output.contentEncoding,
      contentDisposition: output.contentDisposition,
      contentLanguage: output.contentLanguage,
      cacheControl: output.cacheControl,
    }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

export function outputMeta(path: ObjectPath, output: Output): ObjectMeta {
  const total = 'contentRange' in output ? /\/(\d+)$/.exec(output.contentRange ?? '')?.[1] : undefined;
  return {
    path,
    size: total === undefined ? (output.contentLength ?? 0) : Number(total),
    lastModified: output.lastModified ?? new Date(0),
    ...(output.etag === undefined ? {} : { eTag: quoted(output.etag) }),
    ...(output.versionId === undefined ? {} : { version: output.versionId }),
  };
}

/** Listings leave out the quotes that belong to an etag. */
function quoted(eTag: string): string {
  return eTag.startsWith('"') || eTag.startsWith('W/') ? eTag : `"${eTag}"`;
}

import type {
  BlobDownloadResponseParsed,
  BlobGetPropertiesResponse,
  BlobHTTPHeaders,
  BlobRequestConditions,
} from '@azure/storage-blob';
import type { GetOptions } from '../contract/get-options.ts';
import type { ObjectAttributes, ObjectMeta } from '../contract/object-meta.ts';
import type { PutMode, PutOptions } from '../contract/put-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import type { ObjectPath } from '../path/object-path.ts';

type Output = BlobDownloadResponseParsed | BlobGetPropertiesResponse;

/** The values that are there, under the names of another side. */
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
export function quoted(eTag: string): string {
  return eTag.startsWith('"') || eTag.startsWith('W/') ? eTag : `"${eTag}"`;
}

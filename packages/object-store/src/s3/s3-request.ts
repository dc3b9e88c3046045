// What goes to S3 and what comes back, in the terms of the contract: pages, batches of deletions, fields.

import type { GetObjectCommandOutput, HeadObjectCommandOutput, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { abortable } from '../body/abortable.ts';
import { type CloudListing, keyPrefix, mergeEntries, pathOfKey } from '../cloud/cloud-listing.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type {
  CallOptions,
  DeleteResult,
  DelimitedEntry,
  GetOptions,
  ListOptions,
  ObjectAttributes,
  ObjectMeta,
  ObjectTags,
  PutMode,
} from '../contract/store-calls.ts';
import { checkedPageSize } from '../listing/paged-listing.ts';
import { type ObjectPath, parseObjectPath } from '../path/object-path.ts';
import type { ByteRange, GetRange } from '../range/get-range.ts';
import { type S3Connection, s3Error } from './s3-connection.ts';

const largestPage = 1000;

/** Pages of objects and common prefixes; keys that no path can hold, markers of folders among them, are left out. */
export async function* listPages(
  connection: S3Connection,
  { prefix, offset, delimiter }: CloudListing,
  options: ListOptions,
): AsyncGenerator<DelimitedEntry[]> {
  const where = { store: connection.store, path: prefix };
  const fixed = {
    Bucket: connection.bucket,
    Prefix: keyPrefix(prefix),
    MaxKeys: Math.min(checkedPageSize(options.pageSize, where), largestPage),
    EncodingType: 'url' as const,
    ...(offset === undefined ? {} : { StartAfter: offset }),
    ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
  };
  let ContinuationToken: string | undefined;
  do {
    const token = ContinuationToken === undefined ? {} : { ContinuationToken };
    const output = await connection.send(prefix, options, (s3, http) => s3.listObjectsV2({ ...fixed, ...token }, http));
    const page = pageOf(output);
    if (page.length > 0) yield page;
    ContinuationToken = output.IsTruncated ? output.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

function pageOf({ Contents = [], CommonPrefixes = [] }: ListObjectsV2CommandOutput): DelimitedEntry[] {
  const objects = Contents.flatMap(({ Key, Size, LastModified, ETag }): ObjectMeta[] => {
    const path = pathOfKey(decoded(Key));
    if (path === undefined) return [];
    const eTag = ETag === undefined ? {} : { eTag: ETag };
    return [{ path, size: Size ?? 0, lastModified: LastModified ?? new Date(0), ...eTag }];
  });
  return mergeEntries(
    objects,
    CommonPrefixes.map(({ Prefix }) => decoded(Prefix)),
  );
}

/** Keys come URL-encoded, since XML cannot hold them all. */
function decoded(key = ''): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

const largestBatch = 1000;

/** Deletes up to a thousand paths in a request; yields the result of each, in order. */
export async function* deleteBatches(
  connection: S3Connection,
  paths: Iterable<string> | AsyncIterable<string>,
  options: CallOptions,
): AsyncGenerator<DeleteResult> {
  let batch: DeleteResult[] = [];
  for await (const path of abortable(paths, options.signal)) {
    batch.push(checked(path, connection.store));
    if (batch.length < largestBatch) continue;
    yield* await deleteBatch(connection, batch, options);
    batch = [];
  }
  yield* await deleteBatch(connection, batch, options);
}

async function deleteBatch(
  connection: S3Connection,
  batch: readonly DeleteResult[],
  options: CallOptions,
): Promise<readonly DeleteResult[]> {
  const Objects = batch.filter(({ error }) => error === undefined).map(({ path }) => ({ Key: keyOf(path) }));
  if (Objects.length === 0) return batch;
  const { Errors = [] } = await connection.send('', options, (s3, http) =>
    s3.deleteObjects({ Bucket: connection.bucket, Delete: { Objects, Quiet: true } }, http),
  );
  const failed = new Map(
    Errors.map(({ Key = '', Code }) => {
      const status = Code === 'AccessDenied' ? { $metadata: { httpStatusCode: 403 } } : {};
      return [Key, s3Error({ name: Code, ...status }, { store: connection.store, path: Key })] as const;
    }),
  );
  return batch.map((result) => {
    const error = result.error ?? failed.get(keyOf(result.path));
    return error === undefined ? result : { path: result.path, error };
  });
}

function checked(path: string, store: string): DeleteResult {
  try {
    parseObjectPath(path, store);
    return { path };
  } catch (error) {
    return { path, error };
  }
}

/** The key of a checked path: without its outer slashes. */
function keyOf(path: string): string {
  return path.replace(/^\/|\/$/g, '');
}

type Fields = Record<string, string | Date | Record<string, string>>;

/** The fields of a request that have a value. */
function fields(values: Readonly<Record<string, Fields[string] | undefined>>): Fields {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Fields[string]] => entry[1] !== undefined),
  );
}

export function attributeFields({ metadata, ...attributes }: ObjectAttributes = {}): Fields {
  return fields({
    ContentType: attributes.contentType,
    ContentEncoding: attributes.contentEncoding,
    ContentDisposition: attributes.contentDisposition,
    ContentLanguage: attributes.contentLanguage,
    CacheControl: attributes.cacheControl,
    Metadata: metadata === undefined ? undefined : { ...metadata },
  });
}

export function tagFields(tags: ObjectTags = {}): Fields {
  return Object.keys(tags).length === 0 ? {} : { Tagging: new URLSearchParams(tags).toString().replaceAll('+', '%20') };
}

/** @throws ObjectStoreError NotSupported for an update by version, which S3 cannot test */
export function modeFields(
  mode: PutMode | undefined,
  where: { readonly store: string; readonly path: string },
): Fields {
  if (mode === 'create') return { IfNoneMatch: '*' };
  if (typeof mode !== 'object') return {};
  if (mode.update.eTag === undefined) {
    throw new ObjectStoreError('NotSupported', 'an update of this store needs an eTag', where);
  }
  return { IfMatch: mode.update.eTag };
}

export function conditionFields(options: GetOptions): Fields {
  return fields({
    IfMatch: options.ifMatch,
    IfNoneMatch: options.ifNoneMatch,
    IfModifiedSince: options.ifNoneMatch === undefined ? options.ifModifiedSince : undefined,
    IfUnmodifiedSince: options.ifMatch === undefined ? options.ifUnmodifiedSince : undefined,
    VersionId: options.version,
    Range: options.range === undefined ? undefined : rangeHeader(options.range),
  });
}

type Output = GetObjectCommandOutput | HeadObjectCommandOutput;

export function outputAttributes(output: Output): ObjectAttributes {
  const { Metadata: metadata } = output;
  return {
    ...fields({
      contentType: output.ContentType,
      contentEncoding: output.ContentEncoding,
      contentDisposition: output.ContentDisposition,
      contentLanguage: output.ContentLanguage,
      cacheControl: output.CacheControl,
    }),
    ...(metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

export function outputMeta(path: ObjectPath, output: Output): ObjectMeta {
  const total = /\/(\d+)$/.exec(output.ContentRange ?? '')?.[1];
  return {
    path,
    size: total === undefined ? (output.ContentLength ?? 0) : Number(total),
    lastModified: output.LastModified ?? new Date(0),
    ...(output.ETag === undefined ? {} : { eTag: output.ETag }),
    ...(output.VersionId === undefined ? {} : { version: output.VersionId }),
  };
}

/** The byte range of a response. */
export function outputRange({ ContentRange = '', ContentLength = 0 }: Output): ByteRange {
  const [, start, last] = /^bytes (\d+)-(\d+)\//.exec(ContentRange) ?? [];
  return start === undefined ? { start: 0, end: ContentLength } : { start: Number(start), end: Number(last) + 1 };
}

function rangeHeader(range: GetRange): string {
  if ('suffix' in range) return `bytes=-${range.suffix}`;
  return 'offset' in range ? `bytes=${range.offset}-` : `bytes=${range.start}-${range.end - 1}`;
}

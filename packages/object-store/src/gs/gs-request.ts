// What goes to the service and what comes back, in the terms of the contract: pages, bodies, fields.

import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { File, FileMetadata, GetFilesOptions, PreconditionOptions, SaveOptions } from '@google-cloud/storage';
import { type CloudListing, keyPrefix, mergeEntries, pathOfKey } from '../cloud/cloud-listing.ts';
import type { RequestWatch } from '../cloud/watch-requests.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type {
  DelimitedEntry,
  ListOptions,
  ObjectAttributes,
  ObjectMeta,
  PutMode,
  PutOptions,
} from '../contract/store-calls.ts';
import { checkedPageSize } from '../listing/paged-listing.ts';
import type { ObjectPath } from '../path/object-path.ts';
import type { ByteRange } from '../range/get-range.ts';
import type { GsConnection } from './gs-connection.ts';

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

/**
 * Opens bytes of an object and waits until the response begins, so that its failure is the failure of the call.
 *
 * When a body is not read to its end, the SDK closes every connection of its agent, also those of other calls. So the
 * read uses the agent of the process, and only its own connection is closed here.
 */
export async function openRange(file: File, range: ByteRange, watch: RequestWatch): Promise<Readable> {
  file.interceptors.push({ request: (options) => ({ ...options, forever: false }) as Decorated });
  const stream = file.createReadStream({
    start: range.start,
    end: range.end - 1,
    validation: false,
    decompress: false,
  });
  stream.once('close', () => {
    if (watch.response?.readableEnded === false) watch.response.destroy();
  });
  const failed = once(stream, 'end');
  failed.catch(() => undefined);
  const responded = once(stream, 'response');
  stream.read(0);
  try {
    const [response] = (await responded) as [{ readonly statusCode: number }];
    if (response.statusCode >= 400) await failed;
    endWithConnection(stream, watch);
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** The SDK does not notice a connection that breaks off in the middle of a body, and would wait forever. */
function endWithConnection(stream: Readable, { response }: RequestWatch): void {
  const check = (): void => {
    if (response?.complete === false) stream.destroy(new Error('the connection was closed'));
  };
  if (response?.destroyed) check();
  else response?.once('close', check);
}

type Decorated = ReturnType<NonNullable<File['interceptors'][number]['request']>>;

/**
 * Writes an object in one request. Each try asks for the bytes again, so that a call that was aborted while the SDK
 * waited to retry sends none.
 */
export function saveBytes(
  file: File,
  bytes: Uint8Array,
  settings: SaveOptions,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return file.save(
    async function* () {
      signal.throwIfAborted();
      yield buffer;
    },
    { ...settings, resumable: false },
  );
}

const textFields = ['contentType', 'contentEncoding', 'contentDisposition', 'contentLanguage', 'cacheControl'] as const;

function textsOf(source: Partial<Record<(typeof textFields)[number], string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    textFields.flatMap((field) => {
      const value = source[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** @throws ObjectStoreError NotSupported for tags, because objects here have none */
export function writeMetadata(
  { attributes = {}, tags = {} }: PutOptions,
  where: { readonly store: string; readonly path: string },
): FileMetadata {
  if (Object.keys(tags).length > 0) throw new ObjectStoreError('NotSupported', 'this store keeps no tags', where);
  const { metadata } = attributes;
  return { ...textsOf(attributes), ...(metadata === undefined ? {} : { metadata: { ...metadata } }) };
}

/** @throws ObjectStoreError NotSupported for an update without a version, the only thing the service tests on a write */
export function preconditions(
  mode: PutMode | undefined,
  where: { readonly store: string; readonly path: string },
): PreconditionOptions {
  if (mode === 'create') return { ifGenerationMatch: 0 };
  if (typeof mode !== 'object') return {};
  if (mode.update.version !== undefined) return { ifGenerationMatch: mode.update.version };
  throw new ObjectStoreError('NotSupported', 'an update of this store needs a version', where);
}

export function attributesOf(file: FileMetadata): ObjectAttributes {
  const { metadata = {} } = file;
  const own = Object.entries(metadata).map(([name, value]) => [name, String(value)] as const);
  return { ...textsOf(file), ...(own.length === 0 ? {} : { metadata: Object.fromEntries(own) }) };
}

export function metaOf(path: ObjectPath, { size, updated, etag, generation }: FileMetadata): ObjectMeta {
  return {
    path,
    size: Number(size ?? 0),
    lastModified: new Date(updated ?? 0),
    ...(etag === undefined ? {} : { eTag: etag }),
    ...(generation === undefined ? {} : { version: String(generation) }),
  };
}

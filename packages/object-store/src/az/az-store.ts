import type { Readable } from 'node:stream';
import type { BlobClient, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { bytesBody } from '../body/bytes-body.ts';
import { ObjectBody } from '../body/object-body.ts';
import { getRangesBy } from '../cloud/get-ranges.ts';
import { loadSdk } from '../cloud/load-sdk.ts';
import { objectsOf } from '../cloud/objects-of.ts';
import { putStream } from '../cloud/put-stream.ts';
import { ResponseChunks } from '../cloud/response-chunks.ts';
import { withWriteMode } from '../cloud/write-mode.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { GetOptions, GetRangesOptions, GetResult } from '../contract/get-options.ts';
import type { DeleteResult, DelimitedEntry, Listing, ListOptions } from '../contract/listing.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { ObjectMeta, ObjectTags } from '../contract/object-meta.ts';
import type { ObjectStore } from '../contract/object-store.ts';
import type { CopyOptions, PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import type { SignedUrlOptions } from '../contract/signed-url.ts';
import type { StoreCapabilities } from '../contract/store-capabilities.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { deleteEach } from '../listing/delete-each.ts';
import { PagedListing } from '../listing/paged-listing.ts';
import { type ObjectPath, parseObjectPath, parsePath } from '../path/object-path.ts';
import { type ByteRange, checkRange, type GetRange, resolveRange } from '../range/get-range.ts';
import { AzConnection } from './az-connection.ts';
import { type AzListing, listPages } from './az-listing.ts';
import type { AzStoreOptions } from './az-options.ts';
import { modeConditions, outputAttributes, outputMeta, readConditions, writeOptions } from './az-request.ts';
import { AzUpload } from './az-upload.ts';

const defaultPartSize = 8 * 1024 * 1024;
const concurrentRequests = 4;

/** One container of Azure Blob Storage. */
export class AzStore implements ObjectStore {
  readonly name: string;
  readonly baseUrl: string;
  readonly capabilities: StoreCapabilities = {
    attributes: true,
    tags: true,
    suffixRange: true,
    update: true,
    deleteMissing: 'not-found',
    concurrentUploads: 'one-may-fail',
  };
  readonly #connection: AzConnection;
  readonly #partSize: number;

  constructor(options: AzStoreOptions) {
    this.name = options.name ?? 'az';
    this.baseUrl = options.baseUrl ?? `az://${options.container}/`;
    this.#connection = new AzConnection(options, this.name);
    this.#partSize = options.partSize ?? defaultPartSize;
  }

  async put(path: string, body: PutBody, options: PutOptions = {}): Promise<PutResult> {
    const target = this.#where(path);
    if (typeof body === 'string') return this.#putBytes(target, new TextEncoder().encode(body), options);
    if (body instanceof Uint8Array) return this.#putBytes(target, body, options);
    return putStream(
      body,
      {
        partSize: this.#partSize,
        concurrency: concurrentRequests,
        putBytes: (bytes) => this.#putBytes(target, bytes, options),
        startUpload: () => this.putMultipart(path, options),
      },
      options,
    );
  }

  async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    const target = this.#where(path);
    modeConditions(options.mode, target);
    options.signal?.throwIfAborted();
    return new AzUpload(this.#connection, target, options);
  }

  async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const target = this.#where(path);
    const { range } = options;
    if (range !== undefined) checkRange(range, target);
    if (options.head) return this.#getHead(target, options);
    if (range !== undefined && 'suffix' in range) return this.#getSuffix(target, range.suffix, options);
    const [offset, count] =
      range === undefined ? [0] : 'offset' in range ? [range.offset] : [range.start, range.end - range.start];
    const conditions = readConditions(options);
    const output = await this.#send(target.path, options, (blob, http) =>
      versioned(blob, options.version).download(offset, count, { ...http, conditions }),
    );
    const meta = outputMeta(target.path, output);
    const length = output.contentLength ?? 0;
    const chunks = new ResponseChunks(output.readableStreamBody as Readable, length, target, options.signal);
    if (range !== undefined && length === 0) {
      // Emulators answer a range that starts just at the end with nothing.
      await chunks.return();
      resolveRange(range, meta.size, target);
    }
    return {
      meta,
      range: { start: offset, end: offset + length },
      attributes: outputAttributes(output),
      body: new ObjectBody(chunks),
    };
  }

  async getRanges(path: string, ranges: readonly GetRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    return getRangesBy((target, call) => this.get(target, call), this.#where(path), ranges, options);
  }

  async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    return (await this.#getHead(this.#where(path), { signal: options.signal, observe: options.observe })).meta;
  }

  async getTags(path: string, options: CallOptions = {}): Promise<ObjectTags> {
    const { tags } = await this.#send(this.#where(path).path, options, (blob, http) => blob.getTags(http));
    return tags;
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    await this.#send(this.#where(path).path, options, (blob, http) => blob.delete(http));
  }

  deleteStream(
    paths: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    return deleteEach(paths, (path) => this.delete(path, options), options, concurrentRequests);
  }

  list(prefix = '', options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#objects(prefix, undefined, options);
  }

  listWithOffset(prefix: string | undefined, offset: string, options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#objects(prefix ?? '', offset, options);
  }

  listWithDelimiter(prefix = '', options: ListOptions = {}): Listing<DelimitedEntry> {
    return new PagedListing(() => this.#pages({ prefix: parsePath(prefix, this.name), delimiter: '/' }, options));
  }

  async copy(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const [source, target] = [this.#where(from), this.#where(to)];
    const conditions = modeConditions(options.mode, target);
    await withWriteMode(options.mode, target, () =>
      this.#connection.send(source.path, options, async (container, http) => {
        const url = container.getBlockBlobClient(source.path).url;
        const poller = await container
          .getBlockBlobClient(target.path)
          .beginCopyFromURL(url, { ...http, conditions, intervalInMs: 200 });
        await poller.pollUntilDone();
      }),
    );
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    await this.copy(from, to, options);
    if (this.#where(from).path !== this.#where(to).path) await this.delete(from, options);
  }

  async signedUrl(path: string, { method, expiresIn, signal }: SignedUrlOptions): Promise<string> {
    const target = this.#where(path);
    signal?.throwIfAborted();
    const container = await this.#connection.client();
    const sdk = await loadSdk('@azure/storage-blob', this.name, () => import('@azure/storage-blob'));
    if (!(container.credential instanceof sdk.StorageSharedKeyCredential)) {
      throw new ObjectStoreError('NotSupported', 'only a store with an account key can sign URLs', target);
    }
    const permissions = sdk.BlobSASPermissions.parse({ GET: 'r', HEAD: 'r', PUT: 'cw', DELETE: 'd' }[method]);
    const expiresOn = new Date(Date.now() + expiresIn * 1000);
    return container.getBlockBlobClient(target.path).generateSasUrl({ permissions, expiresOn });
  }

  /** The service would take a backslash for a slash, and keep the object under another path. */
  #where(path: string): { readonly store: string; readonly path: ObjectPath } {
    const where = { store: this.name, path: parseObjectPath(path, this.name) };
    if (!path.includes('\\')) return where;
    throw new ObjectStoreError('InvalidPath', 'a path of this store may not hold a backslash', where);
  }

  #send<Output>(
    path: ObjectPath,
    options: CallOptions,
    request: (blob: BlockBlobClient, http: { readonly abortSignal?: AbortSignal }) => Promise<Output>,
  ): Promise<Output> {
    return this.#connection.send(path, options, (container: ContainerClient, http) =>
      request(container.getBlockBlobClient(path), http),
    );
  }

  async #putBytes(
    target: { readonly store: string; readonly path: ObjectPath },
    bytes: Uint8Array,
    options: PutOptions,
  ): Promise<PutResult> {
    const fields = { ...writeOptions(options), conditions: modeConditions(options.mode, target) };
    const { etag, versionId } = await withWriteMode(options.mode, target, () =>
      this.#send(target.path, options, (blob, http) => blob.upload(bytes, bytes.byteLength, { ...http, ...fields })),
    );
    return {
      ...(etag === undefined ? {} : { eTag: etag }),
      ...(versionId === undefined ? {} : { version: versionId }),
    };
  }

  async #getHead(target: { readonly path: ObjectPath }, options: GetOptions): Promise<GetResult> {
    const conditions = readConditions(options);
    const output = await this.#send(target.path, options, (blob, http) =>
      versioned(blob, options.version).getProperties({ ...http, conditions }),
    );
    const meta = outputMeta(target.path, output);
    const range: ByteRange = { start: 0, end: meta.size };
    return { meta, range, attributes: outputAttributes(output), body: bytesBody(new Uint8Array(), undefined) };
  }

  /** The service knows no suffix: its start comes of the size, and the read is held to the same state of the object. */
  async #getSuffix(target: { readonly path: ObjectPath }, suffix: number, options: GetOptions): Promise<GetResult> {
    const found = await this.#getHead(target, options);
    const { size, eTag } = found.meta;
    if (size === 0) return found;
    const range = { offset: Math.max(0, size - suffix) };
    return this.get(target.path, {
      ...options,
      range,
      ifMatch: eTag,
      ifNoneMatch: undefined,
      ifModifiedSince: undefined,
    });
  }

  #objects(prefix: string, offset: string | undefined, options: ListOptions): Listing<ObjectMeta> {
    return new PagedListing(() => {
      const listing = { prefix: parsePath(prefix, this.name), ...(offset === undefined ? {} : { offset }) };
      return objectsOf(this.#pages(listing, options));
    });
  }

  #pages(listing: AzListing, options: ListOptions): AsyncIterable<DelimitedEntry[]> {
    return listPages(this.#connection, listing, options);
  }
}

function versioned(blob: BlockBlobClient, version: string | undefined): BlobClient {
  return version === undefined ? blob : blob.withVersion(version);
}

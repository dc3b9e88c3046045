import { bytesBody } from '../body/bytes-body.ts';
import { ObjectBody } from '../body/object-body.ts';
import { getRangesBy } from '../cloud/get-ranges.ts';
import { objectsOf } from '../cloud/objects-of.ts';
import { putStream } from '../cloud/put-stream.ts';
import { ResponseChunks } from '../cloud/response-chunks.ts';
import { withWriteMode } from '../cloud/write-mode.ts';
import { checkConditions } from '../conditions/check-conditions.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { GetOptions, GetRangesOptions, GetResult } from '../contract/get-options.ts';
import type { DeleteResult, DelimitedEntry, Listing, ListOptions } from '../contract/listing.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';
import type { ObjectStore } from '../contract/object-store.ts';
import type { CopyOptions, PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import type { SignedUrlOptions } from '../contract/signed-url.ts';
import type { StoreCapabilities } from '../contract/store-capabilities.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { deleteEach } from '../listing/delete-each.ts';
import { PagedListing } from '../listing/paged-listing.ts';
import { type ObjectPath, parseObjectPath, parsePath } from '../path/object-path.ts';
import { checkRange, type GetRange, resolveRange } from '../range/get-range.ts';
import { GsConnection } from './gs-connection.ts';
import { type GsListing, listPages } from './gs-listing.ts';
import type { GsStoreOptions } from './gs-options.ts';
import { openRange } from './gs-read.ts';
import { attributesOf, metaOf, preconditions, writeMetadata } from './gs-request.ts';
import { GsUpload } from './gs-upload.ts';

const defaultPartSize = 16 * 1024 * 1024;
const concurrentRequests = 4;
/** How often an object is asked for that is replaced again and again. */
const mostReads = 20;

/** One bucket of Google Cloud Storage. */
export class GsStore implements ObjectStore {
  readonly name: string;
  readonly baseUrl: string;
  readonly capabilities: StoreCapabilities = {
    attributes: true,
    tags: false,
    suffixRange: true,
    update: true,
    deleteMissing: 'not-found',
    concurrentUploads: 'last-completed-wins',
  };
  readonly #connection: GsConnection;
  readonly #partSize: number;

  constructor(options: GsStoreOptions) {
    this.name = options.name ?? 'gs';
    this.baseUrl = `gs://${options.bucket}/`;
    this.#connection = new GsConnection(options, this.name);
    this.#partSize = options.partSize ?? defaultPartSize;
  }

  async put(path: string, body: PutBody, options: PutOptions = {}): Promise<PutResult> {
    const target = this.#where(path);
    if (typeof body === 'string' || body instanceof Uint8Array) return this.#putBytes(target, body, options);
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
    preconditions(options.mode, target);
    writeMetadata(options, target);
    options.signal?.throwIfAborted();
    return new GsUpload(this.#connection, target, options);
  }

  /**
   * Asks for the object first, then for the bytes of just that generation: conditions and attributes are those of what is
   * read. An object that is replaced in between is asked for again.
   */
  async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const target = this.#where(path);
    if (options.range !== undefined) checkRange(options.range, target);
    for (let read = 0; read < mostReads; read += 1) {
      const metadata = await this.#metadata(target.path, options, options.version);
      const meta = metaOf(target.path, metadata);
      checkConditions(options, meta, this.name);
      const range = resolveRange(options.range, meta.size, target);
      const attributes = attributesOf(metadata);
      if (options.head || range.start === range.end) {
        return { meta, range, attributes, body: bytesBody(new Uint8Array(), options.signal) };
      }
      try {
        const response = await this.#connection.send(target.path, options, (bucket, watch) =>
          openRange(bucket.file(target.path, { generation: meta.version ?? '' }), range, watch),
        );
        const chunks = new ResponseChunks(response, range.end - range.start, target, options.signal);
        return { meta, range, attributes, body: new ObjectBody(chunks) };
      } catch (error) {
        if (options.version !== undefined || !ObjectStoreError.isInstance(error, 'NotFound')) throw error;
      }
    }
    throw new ObjectStoreError('Generic', `the object was replaced ${mostReads} times while it was read`, target);
  }

  async getRanges(path: string, ranges: readonly GetRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    return getRangesBy((target, call) => this.get(target, call), this.#where(path), ranges, options);
  }

  async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    const target = this.#where(path);
    return metaOf(target.path, await this.#metadata(target.path, options, undefined));
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const target = this.#where(path);
    await this.#connection.send(target.path, options, (bucket) => bucket.file(target.path).delete());
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
    const preconditionOpts = preconditions(options.mode, target);
    await withWriteMode(options.mode, target, () =>
      this.#connection.send(source.path, options, (bucket) =>
        bucket.file(source.path).copy(bucket.file(target.path), { preconditionOpts }),
      ),
    );
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    await this.copy(from, to, options);
    if (this.#where(from).path !== this.#where(to).path) await this.delete(from, options);
  }

  async signedUrl(path: string, { method, expiresIn, signal }: SignedUrlOptions): Promise<string> {
    const target = this.#where(path);
    if (method === 'HEAD') throw new ObjectStoreError('NotSupported', 'this store signs no HEAD requests', target);
    const action = ({ GET: 'read', PUT: 'write', DELETE: 'delete' } as const)[method];
    const expires = Date.now() + expiresIn * 1000;
    const [url] = await this.#connection.send(target.path, { signal }, (bucket) =>
      bucket.file(target.path).getSignedUrl({ version: 'v4', action, expires }),
    );
    return url;
  }

  #where(path: string): { readonly store: string; readonly path: ObjectPath } {
    return { store: this.name, path: parseObjectPath(path, this.name) };
  }

  async #metadata(path: ObjectPath, options: CallOptions, generation: string | undefined): Promise<GsMetadata> {
    const [metadata] = await this.#connection.send(path, options, (bucket) =>
      bucket.file(path, generation === undefined ? {} : { generation }).getMetadata(),
    );
    return metadata;
  }

  async #putBytes(
    target: { readonly store: string; readonly path: ObjectPath },
    body: string | Uint8Array,
    options: PutOptions,
  ): Promise<PutResult> {
    const settings = {
      metadata: writeMetadata(options, target),
      preconditionOpts: preconditions(options.mode, target),
    };
    const { eTag, version } = await withWriteMode(options.mode, target, () =>
      this.#connection.send(target.path, options, async (bucket) => {
        const file = bucket.file(target.path);
        await file.save(Buffer.from(body), { ...settings, resumable: false });
        return metaOf(target.path, file.metadata);
      }),
    );
    return { ...(eTag === undefined ? {} : { eTag }), ...(version === undefined ? {} : { version }) };
  }

  #objects(prefix: string, offset: string | undefined, options: ListOptions): Listing<ObjectMeta> {
    return new PagedListing(() => {
      const listing = { prefix: parsePath(prefix, this.name), ...(offset === undefined ? {} : { offset }) };
      return objectsOf(this.#pages(listing, options));
    });
  }

  #pages(listing: GsListing, options: ListOptions): AsyncIterable<DelimitedEntry[]> {
    return listPages(this.#connection, listing, options);
  }
}

type GsMetadata = Parameters<typeof attributesOf>[0];

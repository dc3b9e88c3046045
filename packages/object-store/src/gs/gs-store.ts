import { bytesBody, ObjectBody } from '../body/object-body.ts';
import type { CloudListing } from '../cloud/cloud-listing.ts';
import type { CloudTarget } from '../cloud/cloud-request.ts';
import { CloudStore } from '../cloud/cloud-store.ts';
import { putResult, withWriteMode } from '../cloud/cloud-upload.ts';
import { ResponseChunks } from '../cloud/response-chunks.ts';
import { checkConditions } from '../conditions/check-conditions.ts';
import type { MultipartUpload, StoreCapabilities } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { GsAccess } from '../contract/store-access.ts';
import type {
  CallOptions,
  CopyOptions,
  DelimitedEntry,
  GetOptions,
  GetResult,
  ListOptions,
  ObjectMeta,
  PutOptions,
  PutResult,
  SignedUrlOptions,
} from '../contract/store-calls.ts';
import type { ObjectPath } from '../path/object-path.ts';
import { checkRange, resolveRange } from '../range/get-range.ts';
import type { StoreFactory } from '../registry/store-registry.ts';
import { GsConnection, type GsStoreOptions } from './gs-connection.ts';
import { attributesOf, listPages, metaOf, openRange, preconditions, saveBytes, writeMetadata } from './gs-request.ts';
import { GsUpload } from './gs-upload.ts';

const defaultPartSize = 16 * 1024 * 1024;
/** Most attempts to read an object that is replaced between the two requests. */
const mostReads = 20;

/** One bucket of Google Cloud Storage. */
export class GsStore extends CloudStore {
  override readonly capabilities: StoreCapabilities = {
    attributes: true,
    tags: false,
    suffixRange: true,
    update: true,
    deleteMissing: 'not-found',
    concurrentUploads: 'last-completed-wins',
  };
  readonly #timeout: number | undefined;
  readonly #connection: GsConnection;

  constructor(options: GsStoreOptions) {
    const { name = 'gs', bucket, partSize = defaultPartSize } = options;
    super({ name, baseUrl: `gs://${bucket}/`, partSize });
    this.#timeout = options.responseTimeout;
    this.#connection = new GsConnection(options, name);
  }

  override async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    const target = this.target(path);
    preconditions(options.mode, target);
    writeMetadata(options, target);
    options.signal?.throwIfAborted();
    return new GsUpload(this.#connection, target, options);
  }

  /**
   * Asks for the object first, then for the bytes of just that generation: conditions and attributes are those of what is
   * read. Asks again if the object is replaced in between.
   */
  override async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const target = this.target(path);
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
        const expected = range.end - range.start;
        const settings = { target, expected, signal: options.signal, timeout: this.#timeout };
        return { meta, range, attributes, body: new ObjectBody(new ResponseChunks(response, settings)) };
      } catch (error) {
        if (options.version !== undefined || !ObjectStoreError.isInstance(error, 'NotFound')) throw error;
      }
    }
    throw new ObjectStoreError('Generic', `the object was replaced ${mostReads} times while it was read`, target);
  }

  override async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    const target = this.target(path);
    return metaOf(target.path, await this.#metadata(target.path, options, undefined));
  }

  override async delete(path: string, options: CallOptions = {}): Promise<void> {
    const target = this.target(path);
    await this.#connection.send(target.path, options, (bucket) => bucket.file(target.path).delete());
  }

  override async copy(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const [source, target] = [this.target(from), this.target(to)];
    const preconditionOpts = preconditions(options.mode, target);
    await withWriteMode(options.mode, target, () =>
      this.#connection.send(source.path, options, (bucket) =>
        bucket.file(source.path).copy(bucket.file(target.path), { preconditionOpts }),
      ),
    );
  }

  identity(): Promise<string> {
    return this.#connection.identity();
  }

  async access(): Promise<GsAccess | undefined> {
    return this.#connection.access();
  }

  async signedUrl(path: string, { method, expiresIn, signal }: SignedUrlOptions): Promise<string> {
    const target = this.target(path);
    if (method === 'HEAD') throw new ObjectStoreError('NotSupported', 'this store signs no HEAD requests', target);
    const action = ({ GET: 'read', PUT: 'write', DELETE: 'delete' } as const)[method];
    const expires = Date.now() + expiresIn * 1000;
    const [url] = await this.#connection.send(target.path, { signal }, (bucket) =>
      bucket.file(target.path).getSignedUrl({ version: 'v4', action, expires }),
    );
    return url;
  }

  protected override async putBytes(
    target: CloudTarget,
    body: string | Uint8Array,
    options: PutOptions,
  ): Promise<PutResult> {
    const settings = {
      metadata: writeMetadata(options, target),
      preconditionOpts: preconditions(options.mode, target),
    };
    const { eTag, version } = await withWriteMode(options.mode, target, () =>
      this.#connection.send(target.path, options, async (bucket, watch) => {
        const file = bucket.file(target.path);
        // A copy, because the caller may overwrite the bytes after it aborts the call.
        await saveBytes(file, Buffer.from(body), settings, watch);
        return metaOf(target.path, file.metadata);
      }),
    );
    return putResult(eTag, version);
  }

  protected override pages(listing: CloudListing, options: ListOptions): AsyncIterable<DelimitedEntry[]> {
    return listPages(this.#connection, listing, options);
  }

  async #metadata(path: ObjectPath, options: CallOptions, generation: string | undefined): Promise<GsMetadata> {
    const [metadata] = await this.#connection.send(path, options, (bucket) =>
      bucket.file(path, generation === undefined ? {} : { generation }).getMetadata(),
    );
    return metadata;
  }
}

type GsMetadata = Parameters<typeof attributesOf>[0];

/** Makes the stores of a registry's `gs` and `gcs` locations; the SDK is loaded with the first request. */
export function gsStores(options: Omit<GsStoreOptions, 'bucket'> = {}): StoreFactory {
  return ({ bucket }) => new GsStore({ ...options, bucket });
}

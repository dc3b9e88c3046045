import type { Readable } from 'node:stream';
import type { BlobClient, BlockBlobClient } from '@azure/storage-blob';
import { bytesBody, ObjectBody } from '../body/object-body.ts';
import type { CloudListing } from '../cloud/cloud-listing.ts';
import { type CloudTarget, loadSdk } from '../cloud/cloud-request.ts';
import { CloudStore } from '../cloud/cloud-store.ts';
import { putResult, withWriteMode } from '../cloud/cloud-upload.ts';
import { ResponseChunks } from '../cloud/response-chunks.ts';
import type { MultipartUpload, StoreCapabilities } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { AzureAccess } from '../contract/store-access.ts';
import type {
  CallOptions,
  CopyOptions,
  DelimitedEntry,
  GetOptions,
  GetResult,
  ListOptions,
  ObjectMeta,
  ObjectTags,
  PutOptions,
  PutResult,
  SignedUrlOptions,
} from '../contract/store-calls.ts';
import type { ObjectPath } from '../path/object-path.ts';
import { type ByteRange, checkRange, resolveRange } from '../range/get-range.ts';
import type { StoreFactory } from '../registry/store-registry.ts';
import { AzConnection, type AzStoreOptions } from './az-connection.ts';
import { listPages, modeConditions, outputAttributes, outputMeta, readConditions, writeOptions } from './az-request.ts';
import { AzUpload } from './az-upload.ts';

const defaultPartSize = 8 * 1024 * 1024;

/** One container of Azure Blob Storage. */
export class AzStore extends CloudStore {
  override readonly capabilities: StoreCapabilities = {
    attributes: true,
    tags: true,
    suffixRange: true,
    update: true,
    deleteMissing: 'not-found',
    concurrentUploads: 'one-may-fail',
  };
  readonly #timeout: number | undefined;
  readonly #connection: AzConnection;

  constructor(options: AzStoreOptions) {
    const { name = 'az', container, baseUrl = `az://${container}/`, partSize = defaultPartSize } = options;
    super({ name, baseUrl, partSize });
    this.#timeout = options.responseTimeout;
    this.#connection = new AzConnection(options, name);
  }

  override async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    const target = this.target(path);
    modeConditions(options.mode, target);
    options.signal?.throwIfAborted();
    return new AzUpload(this.#connection, target, options);
  }

  override async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const target = this.target(path);
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
    const settings = { target, expected: length, signal: options.signal, timeout: this.#timeout };
    const chunks = new ResponseChunks(output.readableStreamBody as Readable, settings);
    if (range !== undefined && length === 0) {
      // Emulators return an empty body for a range that starts at the end.
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

  override async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    return (await this.#getHead(this.target(path), { signal: options.signal, observe: options.observe })).meta;
  }

  async getTags(path: string, options: CallOptions = {}): Promise<ObjectTags> {
    const { tags } = await this.#send(this.target(path).path, options, (blob, http) => blob.getTags(http));
    return tags;
  }

  override async delete(path: string, options: CallOptions = {}): Promise<void> {
    await this.#send(this.target(path).path, options, (blob, http) => blob.delete(http));
  }

  override async copy(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const [source, target] = [this.target(from), this.target(to)];
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

  identity(): Promise<string> {
    return this.#connection.identity();
  }

  async access(): Promise<AzureAccess | undefined> {
    return this.#connection.access();
  }

  async signedUrl(path: string, { method, expiresIn, signal }: SignedUrlOptions): Promise<string> {
    const target = this.target(path);
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

  protected override async putBytes(
    target: CloudTarget,
    body: string | Uint8Array,
    options: PutOptions,
  ): Promise<PutResult> {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const fields = { ...writeOptions(options), conditions: modeConditions(options.mode, target) };
    const { etag, versionId } = await withWriteMode(options.mode, target, () =>
      this.#send(target.path, options, (blob, http) => blob.upload(bytes, bytes.byteLength, { ...http, ...fields })),
    );
    return putResult(etag, versionId);
  }

  protected override pages(listing: CloudListing, options: ListOptions): AsyncIterable<DelimitedEntry[]> {
    return listPages(this.#connection, listing, options);
  }

  /** The service would treat a backslash as a slash and store the object under another path. */
  protected override target(path: string): CloudTarget {
    const target = super.target(path);
    if (!path.includes('\\')) return target;
    throw new ObjectStoreError('InvalidPath', 'a path of this store may not hold a backslash', target);
  }

  #send<Output>(
    path: ObjectPath,
    options: CallOptions,
    request: (blob: BlockBlobClient, http: { readonly abortSignal?: AbortSignal }) => Promise<Output>,
  ): Promise<Output> {
    return this.#connection.send(path, options, (container, http) => request(container.getBlockBlobClient(path), http));
  }

  async #getHead(target: CloudTarget, options: GetOptions): Promise<GetResult> {
    const conditions = readConditions(options);
    const output = await this.#send(target.path, options, (blob, http) =>
      versioned(blob, options.version).getProperties({ ...http, conditions }),
    );
    const meta = outputMeta(target.path, output);
    const range: ByteRange = { start: 0, end: meta.size };
    return { meta, range, attributes: outputAttributes(output), body: bytesBody(new Uint8Array(), undefined) };
  }

  /** The service has no suffix ranges: the start is computed from the size, and the etag pins the read to that state. */
  async #getSuffix(target: CloudTarget, suffix: number, options: GetOptions): Promise<GetResult> {
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
}

function versioned(blob: BlockBlobClient, version: string | undefined): BlobClient {
  return version === undefined ? blob : blob.withVersion(version);
}

/**
 * Makes the stores of a registry's `az`, `abfs` and `abfss` locations; the SDK is loaded with the first request. A
 * location with a host names its account.
 */
export function azStores(options: Omit<AzStoreOptions, 'container' | 'baseUrl'> = {}): StoreFactory {
  return ({ bucket: container, host, baseUrl }) => {
    const account = host?.split('.', 1)[0];
    return new AzStore({ ...options, container, baseUrl, ...(account === undefined ? {} : { account }) });
  };
}

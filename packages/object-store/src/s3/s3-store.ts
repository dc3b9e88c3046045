import type { Readable } from 'node:stream';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_AWS_S3_BUCKET, ATTR_AWS_S3_COPY_SOURCE, ATTR_AWS_S3_KEY } from '@planscope/semconv';
import { bytesBody, ObjectBody } from '../body/object-body.ts';
import type { CloudListing } from '../cloud/cloud-listing.ts';
import { type CloudTarget, loadSdk } from '../cloud/cloud-request.ts';
import { CloudStore } from '../cloud/cloud-store.ts';
import { putResult, withWriteMode } from '../cloud/cloud-upload.ts';
import { ResponseChunks } from '../cloud/response-chunks.ts';
import type { MultipartUpload, StoreCall, StoreCapabilities } from '../contract/object-store.ts';
import type { S3Access } from '../contract/store-access.ts';
import type {
  CallOptions,
  CopyOptions,
  DeleteResult,
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
import { checkRange } from '../range/get-range.ts';
import type { StoreFactory } from '../registry/store-registry.ts';
import { S3Connection, type S3StoreOptions } from './s3-connection.ts';
import {
  attributeFields,
  conditionFields,
  deleteBatches,
  listPages,
  modeFields,
  outputAttributes,
  outputMeta,
  outputRange,
  tagFields,
} from './s3-request.ts';
import { copyObject, copySource, S3Upload } from './s3-upload.ts';

const defaultPartSize = 8 * 1024 * 1024;

/** One bucket of S3, or of a compatible server. */
export class S3Store extends CloudStore {
  override readonly capabilities: StoreCapabilities = {
    attributes: true,
    tags: true,
    suffixRange: true,
    update: true,
    deleteMissing: 'succeeds',
    concurrentUploads: 'last-completed-wins',
  };
  readonly #timeout: number | undefined;
  readonly #connection: S3Connection;

  constructor(options: S3StoreOptions) {
    const { name = 's3', bucket, partSize = defaultPartSize } = options;
    super({ name, baseUrl: `s3://${bucket}/`, partSize });
    this.#timeout = options.responseTimeout;
    this.#connection = new S3Connection(options, name);
  }

  override async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    const target = this.target(path);
    modeFields(options.mode, target);
    const fields = {
      ...this.#key(target.path),
      ChecksumAlgorithm: 'CRC32' as const,
      ...attributeFields(options.attributes),
      ...tagFields(options.tags),
    };
    const { UploadId = '' } = await this.#connection.send(target.path, options, (s3, http) =>
      s3.createMultipartUpload(fields, http),
    );
    const upload = new S3Upload(UploadId, this.#connection, target, options);
    options.observe?.({ attributes: upload.spanAttributes() });
    return upload;
  }

  override async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const target = this.target(path);
    if (options.range !== undefined) checkRange(options.range, target);
    if (options.head) return this.#getHead(target, options);
    const input = { ...this.#key(target.path), ...conditionFields(options) };
    const output = await this.#connection.send(target.path, options, (s3, http) => s3.getObject(input, http));
    const { ContentLength: expected = 0 } = output;
    const settings = { target, expected, signal: options.signal, timeout: this.#timeout };
    return {
      meta: outputMeta(target.path, output),
      range: outputRange(output),
      attributes: outputAttributes(output),
      body: new ObjectBody(new ResponseChunks(output.Body as Readable, settings)),
    };
  }

  override async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    return (await this.#getHead(this.target(path), { signal: options.signal, observe: options.observe })).meta;
  }

  async getTags(path: string, options: CallOptions = {}): Promise<ObjectTags> {
    const target = this.target(path);
    const { TagSet = [] } = await this.#connection.send(target.path, options, (s3, http) =>
      s3.getObjectTagging(this.#key(target.path), http),
    );
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
  }

  override async delete(path: string, options: CallOptions = {}): Promise<void> {
    const target = this.target(path);
    await this.#connection.send(target.path, options, (s3, http) => s3.deleteObject(this.#key(target.path), http));
  }

  override deleteStream(
    paths: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    return deleteBatches(this.#connection, paths, options);
  }

  override async copy(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const [source, target] = [this.target(from), this.target(to)];
    if (source.path === target.path && options.mode !== 'create') {
      await this.head(from, options);
      return;
    }
    await withWriteMode(options.mode, target, () => copyObject(this.#connection, source.path, target.path, options));
  }

  async signedUrl(path: string, { method, expiresIn, signal }: SignedUrlOptions): Promise<string> {
    const input = this.#key(this.target(path).path);
    signal?.throwIfAborted();
    const client = await this.#connection.client();
    const sdk = await import('@aws-sdk/client-s3');
    const presigner = '@aws-sdk/s3-request-presigner';
    const { getSignedUrl } = await loadSdk(presigner, this.name, () => import('@aws-sdk/s3-request-presigner'));
    const commands = {
      GET: () => getSignedUrl(client, new sdk.GetObjectCommand(input), { expiresIn }),
      PUT: () => getSignedUrl(client, new sdk.PutObjectCommand(input), { expiresIn }),
      DELETE: () => getSignedUrl(client, new sdk.DeleteObjectCommand(input), { expiresIn }),
      HEAD: () => getSignedUrl(client, new sdk.HeadObjectCommand(input), { expiresIn }),
    };
    return commands[method]();
  }

  identity(): Promise<string> {
    return this.#connection.identity();
  }

  access(): Promise<S3Access> {
    return this.#connection.access();
  }

  spanAttributes({ path, from }: StoreCall): Attributes {
    const { bucket } = this.#connection;
    return {
      [ATTR_AWS_S3_BUCKET]: bucket,
      ...(path === undefined ? {} : { [ATTR_AWS_S3_KEY]: path }),
      ...(from === undefined ? {} : { [ATTR_AWS_S3_COPY_SOURCE]: copySource(bucket, from) }),
    };
  }

  protected override async putBytes(
    target: CloudTarget,
    Body: string | Uint8Array,
    options: PutOptions,
  ): Promise<PutResult> {
    const fields = {
      ...attributeFields(options.attributes),
      ...tagFields(options.tags),
      ...modeFields(options.mode, target),
    };
    const { ETag, VersionId } = await withWriteMode(options.mode, target, () =>
      this.#connection.send(target.path, options, (s3, http) =>
        s3.putObject({ ...this.#key(target.path), Body, ...fields }, http),
      ),
    );
    return putResult(ETag, VersionId);
  }

  protected override pages(listing: CloudListing, options: ListOptions): AsyncIterable<DelimitedEntry[]> {
    return listPages(this.#connection, listing, options);
  }

  #key(path: ObjectPath): { Bucket: string; Key: string } {
    return { Bucket: this.#connection.bucket, Key: path };
  }

  async #getHead(target: CloudTarget, options: GetOptions): Promise<GetResult> {
    const input = { ...this.#key(target.path), ...conditionFields(options) };
    const output = await this.#connection.send(target.path, options, (s3, http) => s3.headObject(input, http));
    return {
      meta: outputMeta(target.path, output),
      range: outputRange(output),
      attributes: outputAttributes(output),
      body: bytesBody(new Uint8Array(), undefined),
    };
  }
}

/** Makes the stores of a registry's `s3` locations; the SDK is loaded with the first request. */
export function s3Stores(options: Omit<S3StoreOptions, 'bucket'> = {}): StoreFactory {
  return ({ bucket }) => new S3Store({ ...options, bucket });
}

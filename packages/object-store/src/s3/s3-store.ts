import type { Readable } from 'node:stream';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_AWS_S3_BUCKET, ATTR_AWS_S3_COPY_SOURCE, ATTR_AWS_S3_KEY } from '@planscope/semconv';
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
import type { ObjectStore, StoreCall } from '../contract/object-store.ts';
import type { CopyOptions, PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import type { SignedUrlOptions } from '../contract/signed-url.ts';
import type { StoreCapabilities } from '../contract/store-capabilities.ts';
import { PagedListing } from '../listing/paged-listing.ts';
import { type ObjectPath, parseObjectPath, parsePath } from '../path/object-path.ts';
import { checkRange, type GetRange } from '../range/get-range.ts';
import { S3Connection } from './s3-connection.ts';
import { copyObject, copySource } from './s3-copy.ts';
import { deleteBatches } from './s3-delete-stream.ts';
import { listPages, type S3Listing } from './s3-listing.ts';
import type { S3StoreOptions } from './s3-options.ts';
import {
  attributeFields,
  conditionFields,
  modeFields,
  outputAttributes,
  outputMeta,
  outputRange,
  tagFields,
} from './s3-request.ts';
import { S3Upload } from './s3-upload.ts';

const defaultPartSize = 8 * 1024 * 1024;
const concurrentParts = 4;

/** One bucket of S3, or of a server that speaks its protocol. */
export class S3Store implements ObjectStore {
  readonly name: string;
  readonly baseUrl: string;
  readonly capabilities: StoreCapabilities = {
    attributes: true,
    tags: true,
    suffixRange: true,
    update: true,
    deleteMissing: 'succeeds',
    concurrentUploads: 'last-completed-wins',
  };
  readonly #connection: S3Connection;
  readonly #partSize: number;

  constructor(options: S3StoreOptions) {
    this.name = options.name ?? 's3';
    this.baseUrl = `s3://${options.bucket}/`;
    this.#connection = new S3Connection(options, this.name);
    this.#partSize = options.partSize ?? defaultPartSize;
  }

  async put(path: string, body: PutBody, options: PutOptions = {}): Promise<PutResult> {
    const target = this.#where(path);
    if (typeof body === 'string' || body instanceof Uint8Array) return this.#putBytes(target, body, options);
    return putStream(
      body,
      {
        partSize: this.#partSize,
        concurrency: concurrentParts,
        putBytes: (bytes) => this.#putBytes(target, bytes, options),
        startUpload: () => this.putMultipart(path, options),
      },
      options,
    );
  }

  async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    const target = this.#where(path);
    modeFields(options.mode, target);
    const { UploadId = '' } = await this.#connection.send(target.path, options, (s3, http) =>
      s3.createMultipartUpload(
        {
          ...this.#key(target.path),
          ChecksumAlgorithm: 'CRC32',
          ...attributeFields(options.attributes),
          ...tagFields(options.tags),
        },
        http,
      ),
    );
    options.observe?.({ attributes: { 'aws.s3.upload_id': UploadId } });
    return new S3Upload(UploadId, this.#connection, target.path, options.mode);
  }

  async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const target = this.#where(path);
    if (options.range !== undefined) checkRange(options.range, target);
    const input = { ...this.#key(target.path), ...conditionFields(options) };
    if (options.head) {
      const output = await this.#connection.send(target.path, options, (s3, http) => s3.headObject(input, http));
      const meta = outputMeta(target.path, output);
      return {
        meta,
        range: outputRange(output),
        attributes: outputAttributes(output),
        body: bytesBody(new Uint8Array(), undefined),
      };
    }
    const output = await this.#connection.send(target.path, options, (s3, http) => s3.getObject(input, http));
    const chunks = new ResponseChunks(output.Body as Readable, output.ContentLength ?? 0, target, options.signal);
    return {
      meta: outputMeta(target.path, output),
      range: outputRange(output),
      attributes: outputAttributes(output),
      body: new ObjectBody(chunks),
    };
  }

  async getRanges(path: string, ranges: readonly GetRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    return getRangesBy((target, call) => this.get(target, call), this.#where(path), ranges, options);
  }

  async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    return (await this.get(path, { signal: options.signal, observe: options.observe, head: true })).meta;
  }

  async getTags(path: string, options: CallOptions = {}): Promise<ObjectTags> {
    const target = this.#where(path);
    const { TagSet = [] } = await this.#connection.send(target.path, options, (s3, http) =>
      s3.getObjectTagging(this.#key(target.path), http),
    );
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const target = this.#where(path);
    await this.#connection.send(target.path, options, (s3, http) => s3.deleteObject(this.#key(target.path), http));
  }

  deleteStream(
    paths: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    return deleteBatches(this.#connection, paths, options);
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
    const source = this.#where(from);
    const target = this.#where(to);
    if (source.path === target.path && options.mode !== 'create') {
      await this.head(from, options);
      return;
    }
    await withWriteMode(options.mode, target, () => copyObject(this.#connection, source.path, target.path, options));
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    await this.copy(from, to, options);
    if (this.#where(from).path !== this.#where(to).path) await this.delete(from, options);
  }

  async signedUrl(path: string, { method, expiresIn, signal }: SignedUrlOptions): Promise<string> {
    const input = this.#key(this.#where(path).path);
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

  spanAttributes({ path, from }: StoreCall): Attributes {
    const { bucket } = this.#connection;
    return {
      [ATTR_AWS_S3_BUCKET]: bucket,
      ...(path === undefined ? {} : { [ATTR_AWS_S3_KEY]: path }),
      ...(from === undefined ? {} : { [ATTR_AWS_S3_COPY_SOURCE]: copySource(bucket, from) }),
    };
  }

  #where(path: string): { readonly store: string; readonly path: ObjectPath } {
    return { store: this.name, path: parseObjectPath(path, this.name) };
  }

  #key(path: ObjectPath): { Bucket: string; Key: string } {
    return { Bucket: this.#connection.bucket, Key: path };
  }

  async #putBytes(
    target: { readonly store: string; readonly path: ObjectPath },
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
    return {
      ...(ETag === undefined ? {} : { eTag: ETag }),
      ...(VersionId === undefined ? {} : { version: VersionId }),
    };
  }

  #objects(prefix: string, offset: string | undefined, options: ListOptions): Listing<ObjectMeta> {
    return new PagedListing(() => {
      const listing = { prefix: parsePath(prefix, this.name), ...(offset === undefined ? {} : { offset }) };
      return objectsOf(this.#pages(listing, options));
    });
  }

  #pages(listing: S3Listing, options: ListOptions): AsyncIterable<DelimitedEntry[]> {
    return listPages(this.#connection, listing, options);
  }
}

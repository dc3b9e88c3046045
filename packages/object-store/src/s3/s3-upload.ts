import { bodyBytes } from '../body/put-body.ts';
import { withWriteMode } from '../cloud/write-mode.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { UploadParts } from '../upload/upload-parts.ts';
import type { S3Connection } from './s3-connection.ts';
import { modeFields } from './s3-request.ts';

interface SentPart {
  readonly ETag: string | undefined;
  readonly ChecksumCRC32: string | undefined;
}

/** An upload in parts that S3 holds. */
export class S3Upload implements MultipartUpload {
  readonly id: string;
  readonly minimumPartSize: number = 5 * 1024 * 1024;
  readonly #connection: S3Connection;
  readonly #path: string;
  readonly #mode: PutOptions['mode'];
  readonly #parts: UploadParts<SentPart>;

  constructor(id: string, connection: S3Connection, path: string, mode: PutOptions['mode']) {
    this.id = id;
    this.#connection = connection;
    this.#path = path;
    this.#mode = mode;
    this.#parts = new UploadParts({ store: connection.store, path });
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    this.#observe(options, { 'aws.s3.part_number': partNumber });
    const Body = await bodyBytes(body, options.signal);
    const { ETag, ChecksumCRC32 } = await this.#connection.send(this.#path, options, (s3, http) =>
      s3.uploadPart({ ...this.#upload, PartNumber: partNumber, Body, ChecksumAlgorithm: 'CRC32' }, http),
    );
    this.#parts.set(partNumber, { ETag, ChecksumCRC32 });
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    const where = { store: this.#connection.store, path: this.#path };
    const Parts = this.#parts.inOrder().map((part, index) => ({ ...part, PartNumber: index + 1 }));
    this.#observe(options);
    const { ETag, VersionId } = await withWriteMode(this.#mode, where, () =>
      this.#connection.send(this.#path, options, (s3, http) =>
        s3.completeMultipartUpload(
          { ...this.#upload, MultipartUpload: { Parts }, ...modeFields(this.#mode, where) },
          http,
        ),
      ),
    );
    this.#parts.close('completed');
    return {
      ...(ETag === undefined ? {} : { eTag: ETag }),
      ...(VersionId === undefined ? {} : { version: VersionId }),
    };
  }

  async abort(options: CallOptions = {}): Promise<void> {
    if (this.#parts.closed !== undefined) return;
    this.#observe(options);
    try {
      await this.#connection.send(this.#path, options, (s3, http) => s3.abortMultipartUpload(this.#upload, http));
    } catch (error) {
      if (!ObjectStoreError.isInstance(error, 'NotFound')) throw error;
    }
    this.#parts.close('aborted');
  }

  get #upload(): { Bucket: string; Key: string; UploadId: string } {
    return { Bucket: this.#connection.bucket, Key: this.#path, UploadId: this.id };
  }

  #observe({ observe }: CallOptions, more: Readonly<Record<string, number>> = {}): void {
    observe?.({ attributes: { 'aws.s3.upload_id': this.id, ...more } });
  }
}

import type { Attributes } from '@opentelemetry/api';
import { ATTR_AWS_S3_PART_NUMBER, ATTR_AWS_S3_UPLOAD_ID } from '@planscope/semconv';
import type { CloudTarget } from '../cloud/cloud-target.ts';
import { CloudUpload } from '../cloud/cloud-upload.ts';
import { putResult } from '../cloud/put-result.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { PutOptions, PutResult } from '../contract/put-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import type { S3Connection } from './s3-connection.ts';
import { modeFields } from './s3-request.ts';

interface SentPart {
  readonly ETag: string | undefined;
  readonly ChecksumCRC32: string | undefined;
}

/** An upload in parts that S3 holds. */
export class S3Upload extends CloudUpload<SentPart> {
  override readonly id: string;
  override readonly minimumPartSize: number = 5 * 1024 * 1024;
  readonly #connection: S3Connection;

  constructor(id: string, connection: S3Connection, target: CloudTarget, options: PutOptions) {
    super(target, options);
    this.id = id;
    this.#connection = connection;
  }

  override spanAttributes(partNumber?: number): Attributes {
    return {
      [ATTR_AWS_S3_UPLOAD_ID]: this.id,
      ...(partNumber === undefined ? {} : { [ATTR_AWS_S3_PART_NUMBER]: partNumber }),
    };
  }

  protected override async sendPart(PartNumber: number, Body: Uint8Array, options: CallOptions): Promise<SentPart> {
    const { ETag, ChecksumCRC32 } = await this.#connection.send(this.target.path, options, (s3, http) =>
      s3.uploadPart({ ...this.#upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }, http),
    );
    return { ETag, ChecksumCRC32 };
  }

  protected override async join(parts: readonly SentPart[], options: CallOptions): Promise<PutResult> {
    const Parts = parts.map((part, index) => ({ ...part, PartNumber: index + 1 }));
    const fields = { ...this.#upload, MultipartUpload: { Parts }, ...modeFields(this.options.mode, this.target) };
    const { ETag, VersionId } = await this.#connection.send(this.target.path, options, (s3, http) =>
      s3.completeMultipartUpload(fields, http),
    );
    return putResult(ETag, VersionId);
  }

  protected override async discard(options: CallOptions): Promise<void> {
    try {
      await this.#connection.send(this.target.path, options, (s3, http) => s3.abortMultipartUpload(this.#upload, http));
    } catch (error) {
      if (!ObjectStoreError.isInstance(error, 'NotFound')) throw error;
    }
  }

  get #upload(): { Bucket: string; Key: string; UploadId: string } {
    return { Bucket: this.#connection.bucket, Key: this.target.path, UploadId: this.id };
  }
}

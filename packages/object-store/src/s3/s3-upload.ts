// Multipart requests: uploads of the caller's bytes, and copies within the bucket.

import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_AWS_S3_PART_NUMBER, ATTR_AWS_S3_UPLOAD_ID } from '@planscope/semconv';
import type { CloudTarget } from '../cloud/cloud-request.ts';
import { CloudUpload, cleanUp, putResult } from '../cloud/cloud-upload.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CallOptions, CopyOptions, PutOptions, PutResult } from '../contract/store-calls.ts';
import type { ObjectPath } from '../path/object-path.ts';
import type { S3Connection } from './s3-connection.ts';
import { attributeFields, modeFields, outputAttributes } from './s3-request.ts';

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

/** Most bytes that one request copies. */
const largestCopy = 5 * 1024 ** 3;
const partSize = 1024 ** 3;

/**
 * Copies within the bucket. An object over 5 GiB goes in parts, and so does one that must not replace another: of the two
 * requests that make the copy visible, servers test the condition more often on the completion of an upload.
 *
 * @throws ObjectStoreError Precondition where the mode is `create` and there is an object
 */
export async function copyObject(
  connection: S3Connection,
  from: ObjectPath,
  to: ObjectPath,
  options: CopyOptions,
): Promise<void> {
  const { bucket: Bucket } = connection;
  const source = await connection.send(from, options, (s3, http) => s3.headObject({ Bucket, Key: from }, http));
  const CopySource = copySource(Bucket, from);
  const size = source.ContentLength ?? 0;
  if (options.mode === 'create') {
    if (size > 0) return copyInParts(connection, CopySource, to, source, options);
    const fields = { Bucket, Key: to, Body: new Uint8Array(), IfNoneMatch: '*' };
    await connection.send(to, options, (s3, http) =>
      s3.putObject({ ...fields, ...attributeFields(outputAttributes(source)) }, http),
    );
  } else if (size > largestCopy) {
    await copyInParts(connection, CopySource, to, source, options);
  } else {
    await connection.send(from, options, (s3, http) => s3.copyObject({ Bucket, Key: to, CopySource }, http));
  }
}

/** Bucket and key in the form of the copy header. */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

async function copyInParts(
  connection: S3Connection,
  CopySource: string,
  to: ObjectPath,
  source: HeadObjectCommandOutput,
  options: CopyOptions,
): Promise<void> {
  const target = { Bucket: connection.bucket, Key: to };
  const { UploadId } = await connection.send(to, options, (s3, http) =>
    s3.createMultipartUpload({ ...target, ...attributeFields(outputAttributes(source)) }, http),
  );
  const upload = { ...target, UploadId };
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    const size = source.ContentLength ?? 0;
    for (let start = 0; start < size; start += partSize) {
      const PartNumber = Parts.length + 1;
      const CopySourceRange = `bytes=${start}-${Math.min(start + partSize, size) - 1}`;
      const condition = source.ETag === undefined ? {} : { CopySourceIfMatch: source.ETag };
      const { CopyPartResult } = await connection.send(to, options, (s3, http) =>
        s3.uploadPartCopy({ ...upload, PartNumber, CopySource, CopySourceRange, ...condition }, http),
      );
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    const condition = options.mode === 'create' ? { IfNoneMatch: '*' } : {};
    await connection.send(to, options, (s3, http) =>
      s3.completeMultipartUpload({ ...upload, MultipartUpload: { Parts }, ...condition }, http),
    );
  } catch (error) {
    const { observe } = options;
    await cleanUp((signal) =>
      connection.send(to, { signal, observe }, (s3, http) => s3.abortMultipartUpload(upload, http)),
    );
    throw error;
  }
}

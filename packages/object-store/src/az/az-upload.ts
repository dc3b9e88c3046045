import { randomUUID } from 'node:crypto';
import { bodyBytes } from '../body/put-body.ts';
import { withWriteMode } from '../cloud/write-mode.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import type { ObjectPath } from '../path/object-path.ts';
import { UploadParts } from '../upload/upload-parts.ts';
import type { AzConnection } from './az-connection.ts';
import { modeConditions, writeOptions } from './az-request.ts';

/**
 * An upload of blocks that the service holds. It cannot be told to let go of them: blocks of an aborted upload stay for a
 * week, unseen, and blocks of all uploads to a path are gone when one of them is completed.
 */
export class AzUpload implements MultipartUpload {
  readonly id: string = randomUUID();
  readonly minimumPartSize: number = 1;
  readonly #connection: AzConnection;
  readonly #where: { readonly store: string; readonly path: ObjectPath };
  readonly #options: PutOptions;
  readonly #parts: UploadParts<string>;

  constructor(
    connection: AzConnection,
    where: { readonly store: string; readonly path: ObjectPath },
    options: PutOptions,
  ) {
    this.#connection = connection;
    this.#where = where;
    this.#options = options;
    this.#parts = new UploadParts(where);
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    const bytes = await bodyBytes(body, options.signal);
    // The names of a blob's blocks must all have the same length.
    const block = Buffer.from(`${this.id}-${String(partNumber).padStart(5, '0')}`).toString('base64');
    await this.#connection.send(this.#where.path, options, (container, http) =>
      container.getBlockBlobClient(this.#where.path).stageBlock(block, bytes, bytes.byteLength, http),
    );
    this.#parts.set(partNumber, block);
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    const blocks = this.#parts.inOrder();
    const { mode } = this.#options;
    const fields = { ...writeOptions(this.#options), conditions: modeConditions(mode, this.#where) };
    const { etag, versionId } = await withWriteMode(mode, this.#where, () =>
      this.#connection.send(this.#where.path, options, (container, http) =>
        container.getBlockBlobClient(this.#where.path).commitBlockList(blocks, { ...http, ...fields }),
      ),
    );
    this.#parts.close('completed');
    return {
      ...(etag === undefined ? {} : { eTag: etag }),
      ...(versionId === undefined ? {} : { version: versionId }),
    };
  }

  async abort(): Promise<void> {
    this.#parts.close('aborted');
  }
}

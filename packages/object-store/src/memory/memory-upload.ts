import { concatBytes } from '../body/concat-bytes.ts';
import { bodyBytes } from '../body/put-body.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { PutBody, PutResult } from '../contract/put-options.ts';
import { UploadParts } from '../upload/upload-parts.ts';

/** Parts in memory until they are made an object. */
export class MemoryUpload implements MultipartUpload {
  readonly id: string;
  readonly minimumPartSize = 1;
  readonly #parts: UploadParts<Uint8Array>;
  readonly #commit: (bytes: Uint8Array) => PutResult;

  constructor(id: string, where: { store: string; path: string }, commit: (bytes: Uint8Array) => PutResult) {
    this.id = id;
    this.#parts = new UploadParts(where);
    this.#commit = commit;
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    this.#parts.set(partNumber, await bodyBytes(body, options.signal));
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    options.signal?.throwIfAborted();
    const result = this.#commit(concatBytes(this.#parts.inOrder()));
    this.#parts.close('completed');
    return result;
  }

  async abort(): Promise<void> {
    this.#parts.close('aborted');
  }
}

import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LinkedAbort } from '../body/linked-abort.ts';
import { bodyChunks } from '../body/put-body.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { PutBody, PutMode, PutResult } from '../contract/put-options.ts';
import { hiddenName } from '../upload/hidden-name.ts';
import { UploadParts } from '../upload/upload-parts.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { FileChunks } from './file-chunks.ts';
import { fileCall } from './file-error.ts';
import { makeDirectories } from './make-directories.ts';
import { StagedFile, type WriteTarget } from './staged-file.ts';

interface PartFile {
  readonly file: string;
  readonly size: number;
}

/** Parts as files in a hidden directory beside the target. */
export class FileUpload implements MultipartUpload {
  readonly id: string;
  readonly minimumPartSize = 1;
  readonly #target: WriteTarget;
  readonly #mode: PutMode;
  readonly #directory: string;
  readonly #parts: UploadParts<PartFile>;
  readonly #writing = new Set<Promise<unknown>>();
  readonly #stop = new AbortController();
  #written = 0;

  private constructor(target: WriteTarget, mode: PutMode, id: string) {
    this.id = id;
    this.#target = target;
    this.#mode = mode;
    this.#directory = join(dirname(target.file), id);
    this.#parts = new UploadParts(target);
  }

  static async create(target: WriteTarget, mode: PutMode): Promise<FileUpload> {
    await checkReplaceable(target.file, target);
    const upload = new FileUpload(target, mode, hiddenName());
    await fileCall(target, () => makeDirectories(upload.#directory));
    return upload;
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    const writing = this.#writePart(partNumber, body, options);
    this.#writing.add(writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    options.signal?.throwIfAborted();
    const parts = this.#parts.inOrder();
    const staged = await StagedFile.create(this.#target);
    let result: PutResult;
    try {
      for (const part of parts) {
        for await (const chunk of await this.#chunks(part, options.signal)) await staged.write(chunk);
      }
      result = await staged.commit(this.#mode);
    } finally {
      await staged.discard();
    }
    this.#parts.close('completed');
    await this.#remove();
    return result;
  }

  async abort(): Promise<void> {
    if (this.#parts.closed === 'completed') return;
    this.#parts.close('aborted');
    this.#stop.abort(new Error('[planscope/object-store] the upload was aborted'));
    await Promise.allSettled(this.#writing);
    await this.#remove();
  }

  async #writePart(partNumber: number, body: PutBody, { signal }: CallOptions): Promise<void> {
    const stop = new LinkedAbort(signal, this.#stop.signal);
    this.#written += 1;
    const file = join(this.#directory, `${partNumber}-${this.#written}`);
    try {
      const size = await this.#writeFile(file, bodyChunks(body, stop.signal));
      const before = this.#parts.set(partNumber, { file, size });
      if (before !== undefined) await fileCall(this.#target, () => rm(before.file, { force: true }));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      stop.release();
    }
  }

  async #writeFile(file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const handle = await fileCall(this.#target, () => open(file, 'wx'));
    let size = 0;
    try {
      for await (const chunk of chunks) {
        await fileCall(this.#target, () => handle.appendFile(chunk));
        size += chunk.byteLength;
      }
      return size;
    } finally {
      await handle.close();
    }
  }

  async #chunks({ file, size }: PartFile, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>> {
    const handle = await fileCall(this.#target, () => open(file, 'r'));
    const chunks = new FileChunks(handle, { start: 0, end: size }, this.#target, signal);
    return { [Symbol.asyncIterator]: () => chunks };
  }

  #remove(): Promise<void> {
    return fileCall(this.#target, () => rm(this.#directory, { recursive: true, force: true }));
  }
}

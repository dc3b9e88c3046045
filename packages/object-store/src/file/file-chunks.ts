import type { FileHandle } from 'node:fs/promises';
import { ObjectStoreError } from '../error/object-store-error.ts';
import type { ByteRange } from '../range/get-range.ts';
import { fileCall } from './file-error.ts';

const chunkSize = 256 * 1024;

/** A range of an open file in chunks, each read when it is asked for; closes the file at the end, whichever it is. */
export class FileChunks implements AsyncIterator<Uint8Array> {
  readonly #handle: FileHandle;
  readonly #end: number;
  readonly #where: { readonly store: string; readonly path: string };
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.#close().catch(() => undefined);
  #position: number;
  #closing: Promise<void> | undefined;

  constructor(
    handle: FileHandle,
    range: ByteRange,
    where: { readonly store: string; readonly path: string },
    signal: AbortSignal | undefined,
  ) {
    this.#handle = handle;
    this.#position = range.start;
    this.#end = range.end;
    this.#where = where;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#position >= this.#end) return this.return();
    try {
      this.#signal?.throwIfAborted();
      if (this.#closing !== undefined) return { done: true, value: undefined };
      const chunk = await this.#read();
      this.#position += chunk.byteLength;
      if (this.#position >= this.#end) await this.#close();
      return { done: false, value: chunk };
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  async #read(): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.min(chunkSize, this.#end - this.#position));
    const { bytesRead } = await fileCall(this.#where, () =>
      this.#handle.read(buffer, 0, buffer.byteLength, this.#position),
    );
    if (bytesRead > 0) return buffer.subarray(0, bytesRead);
    throw new ObjectStoreError(
      'Generic',
      `the file ends at ${this.#position}; it was cut while it was read`,
      this.#where,
    );
  }

  #close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }
}

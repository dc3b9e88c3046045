import type { Readable } from 'node:stream';
import { untilAborted } from '../body/until-aborted.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';

/**
 * The body of a response in chunks; the connection is let go at the end, whichever it is. A body that ends before the
 * announced length is an error, not a short object.
 */
export class ResponseChunks implements AsyncIterator<Uint8Array> {
  readonly #response: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #expected: number;
  readonly #where: { readonly store: string; readonly path: string };
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.#release();
  #received = 0;

  constructor(
    response: Readable,
    expected: number,
    where: { readonly store: string; readonly path: string },
    signal: AbortSignal | undefined,
  ) {
    this.#response = response;
    this.#chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#expected = expected;
    this.#where = where;
    this.#signal = signal;
    // Without a listener, an error while nobody reads would end the process; it is thrown at the next pull.
    response.on('error', () => undefined);
    if (signal?.aborted) this.#release();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    try {
      this.#signal?.throwIfAborted();
      const result = await untilAborted(this.#chunks.next(), this.#signal);
      if (result.done) this.#checkEnd();
      else this.#received += result.value.byteLength;
      if (result.done) this.#release();
      return result;
    } catch (error) {
      this.#release();
      if (this.#signal?.aborted || ObjectStoreError.isInstance(error)) throw error;
      throw this.#broken(error);
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#release();
    return { done: true, value: undefined };
  }

  #checkEnd(): void {
    if (this.#received !== this.#expected) throw this.#broken(undefined);
  }

  #broken(cause: unknown): ObjectStoreError {
    const text = `the body broke off after ${this.#received} of ${this.#expected} bytes`;
    return new ObjectStoreError('Generic', text, { ...this.#where, cause });
  }

  #release(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#response.destroy();
  }
}

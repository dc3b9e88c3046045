import type { Readable } from 'node:stream';
import { untilAborted } from '../body/abortable.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CloudTarget } from './cloud-request.ts';

/** Expected length of a body, and what can end it. */
export interface ResponseSettings {
  readonly target: CloudTarget;
  /** Bytes that the server announced. */
  readonly expected: number;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds to wait for the next bytes; default no limit. */
  readonly timeout: number | undefined;
}

/**
 * The body of a response in chunks; the connection is released at its end, on failure and on abort. A body that ends before the
 * announced length is an error, not a short object.
 */
export class ResponseChunks implements AsyncIterator<Uint8Array> {
  readonly #response: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #settings: ResponseSettings;
  readonly #onAbort = (): void => void this.#release();
  #received = 0;

  constructor(response: Readable, settings: ResponseSettings) {
    const { signal } = settings;
    this.#response = response;
    this.#chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#settings = settings;
    // Without a listener, an error while no one reads would end the process; it is thrown at the next pull.
    response.on('error', () => undefined);
    if (signal?.aborted) this.#release();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { signal, expected } = this.#settings;
    try {
      signal?.throwIfAborted();
      const result = await untilAborted(this.#pull(), signal);
      if (!result.done) {
        this.#received += result.value.byteLength;
        return result;
      }
      if (this.#received !== expected) throw this.#broken('', undefined);
      this.#release();
      return result;
    } catch (error) {
      this.#release();
      if (signal?.aborted || ObjectStoreError.isInstance(error)) throw error;
      throw this.#broken('', error);
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#release();
    return { done: true, value: undefined };
  }

  async #pull(): Promise<IteratorResult<Uint8Array>> {
    const { timeout } = this.#settings;
    if (timeout === undefined) return this.#chunks.next();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#broken(`, then nothing came for ${timeout} ms`, undefined)), timeout);
    });
    try {
      return await Promise.race([this.#chunks.next(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #broken(how: string, cause: unknown): ObjectStoreError {
    const { expected, target } = this.#settings;
    const text = `the body broke off after ${this.#received} of ${expected} bytes${how}`;
    return new ObjectStoreError('Generic', text, { ...target, cause });
  }

  #release(): void {
    this.#settings.signal?.removeEventListener('abort', this.#onAbort);
    this.#response.destroy();
  }
}

import { ObjectStoreError } from '../contract/object-store-error.ts';

/**
 * The bytes of an object as they arrive, fetched only as fast as they are read. Read it once, in one of the ways
 * below, or cancel it to release its file or connection. A body that was
 * forgotten is cancelled when it is garbage-collected, which may be much later, or never.
 */
export class ObjectBody implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #reader: WatchedReader<Uint8Array>;
  #taken = false;

  /** @param chunks its `return` releases the file or connection, even before the first `next` */
  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#reader = new WatchedReader(chunks);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#taken) {
      throw new ObjectStoreError('Generic', 'a body can be read only once; get the object again');
    }
    this.#taken = true;
    return this.#reader;
  }

  /** All bytes, as one array that the caller owns. */
  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return concatBytes(chunks);
  }

  /** All bytes, decoded as UTF-8; invalid bytes become U+FFFD. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** As a web stream; `Readable.from(body)` of `node:stream` makes a Node stream. */
  stream(): ReadableStream<Uint8Array> {
    const chunks = this[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          await chunks.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Releases a body that was not read to its end; does nothing after its end. */
  async cancel(): Promise<void> {
    this.#taken = true;
    await this.#reader.return();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }
}

const chunkSize = 256 * 1024;

/** A body over bytes in memory. Chunks are copies, so a reader may change them. */
export function bytesBody(bytes: Uint8Array, signal: AbortSignal | undefined): ObjectBody {
  return new ObjectBody(chunksOf(bytes, signal));
}

async function* chunksOf(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.byteLength; offset += chunkSize) {
    signal?.throwIfAborted();
    yield bytes.slice(offset, offset + chunkSize);
  }
}

/** One array of all the chunks' bytes, sharing memory with none of them. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** Runs some time after a reader was garbage-collected. */
const forgotten = new FinalizationRegistry<AsyncIterator<unknown>>((source) => void letGo(source));

/**
 * The same items. When a reader is garbage-collected before its end, its source is returned, so that a file or a
 * connection does not stay open.
 */
export class WatchedReader<Item> implements AsyncIterator<Item> {
  readonly #source: AsyncIterator<Item>;

  /** @param source must not refer to the reader, or neither is ever garbage-collected */
  constructor(source: AsyncIterator<Item>) {
    this.#source = source;
    forgotten.register(this, source, this);
  }

  async next(): Promise<IteratorResult<Item>> {
    try {
      const result = await this.#source.next();
      if (result.done) forgotten.unregister(this);
      return result;
    } catch (error) {
      forgotten.unregister(this);
      throw error;
    }
  }

  async return(value?: unknown): Promise<IteratorResult<Item>> {
    forgotten.unregister(this);
    return (await this.#source.return?.(value)) ?? { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<Item>> {
    forgotten.unregister(this);
    if (this.#source.throw !== undefined) return this.#source.throw(error);
    await this.#source.return?.();
    throw error;
  }
}

async function letGo(source: AsyncIterator<unknown>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // No caller is left to get the error.
  }
}

import { ObjectStoreError } from '../contract/object-store-error.ts';
import { concatBytes } from './concat-bytes.ts';
import { WatchedReader } from './watched-reader.ts';

/**
 * The bytes of an object as they arrive, fetched only as fast as they are read. To be read once, in one of the ways
 * below; a body that is not wanted after all is to be cancelled, so that what stands behind it is let go. One that was
 * forgotten is cancelled when it is collected as garbage, which may be much later, or never.
 */
export class ObjectBody implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #reader: WatchedReader<Uint8Array>;
  #taken = false;

  /** @param chunks its `return` lets go of what stands behind it, also before the first `next` */
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

  /** Everything, as one array of the caller's own. */
  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return concatBytes(chunks);
  }

  /** Everything, decoded as UTF-8; bytes that are no UTF-8 become U+FFFD. */
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

  /** Lets go of a body, read in part or not at all; does nothing after its end. */
  async cancel(): Promise<void> {
    this.#taken = true;
    await this.#reader.return();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }
}

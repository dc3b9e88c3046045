/** Runs with a collection of garbage, some time after a reader became unreachable. */
const forgotten = new FinalizationRegistry<AsyncIterator<unknown>>((source) => void letGo(source));

/**
 * The same items. A reader that was neither read to its end nor left, and that nobody holds any more, is left on its
 * behalf, so that what stands behind it does not stay open for good.
 */
export class WatchedReader<Item> implements AsyncIterator<Item> {
  readonly #source: AsyncIterator<Item>;

  /** @param source must not lead back to the reader, or neither is ever forgotten */
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
    // Nobody is left to be told.
  }
}

import type { Attributes } from '@opentelemetry/api';
import { WatchedReader } from '../body/watched-reader.ts';
import { lazily } from '../listing/paged-listing.ts';
import type { StorageSpan } from './storage-span.ts';

/** What is noted of a stream as it goes by. */
export interface StreamNotes<Item> {
  onItem(item: Item): void;
  /** @param drained whether the stream was read until it said that it was done */
  attributes(drained: boolean): Attributes;
}

/**
 * The same items, each pull with the span as the active one. The span ends once: when the stream ends, fails or is let
 * go, or when the signal is aborted while nobody pulls.
 */
export class TracedIterator<Item> implements AsyncIterator<Item> {
  readonly #inner: AsyncIterator<Item>;
  readonly #span: StorageSpan;
  readonly #notes: StreamNotes<Item>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#end(false, { error: this.#signal?.reason });

  constructor(
    inner: AsyncIterator<Item>,
    span: StorageSpan,
    notes: StreamNotes<Item>,
    signal: AbortSignal | undefined,
  ) {
    this.#inner = inner;
    this.#span = span;
    this.#notes = notes;
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async next(): Promise<IteratorResult<Item>> {
    const result = await this.#watch(() => this.#inner.next());
    if (result.done) this.#end(true);
    else this.#notes.onItem(result.value);
    return result;
  }

  async return(value?: unknown): Promise<IteratorResult<Item>> {
    const result = await this.#watch(async () => this.#inner.return?.(value));
    this.#end(false);
    return result ?? { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<Item>> {
    const result = await this.#watch(async () => {
      if (this.#inner.throw !== undefined) return this.#inner.throw(error);
      await this.#inner.return?.();
      throw error;
    });
    if (result.done) this.#end(false);
    return result;
  }

  async #watch<Value>(pull: () => Promise<Value>): Promise<Value> {
    try {
      return await this.#span.run(pull);
    } catch (error) {
      this.#end(false, { error });
      throw error;
    }
  }

  #end(drained: boolean, failure?: { readonly error: unknown }): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const attributes = (): Attributes => this.#notes.attributes(drained);
    if (failure === undefined) this.#span.end(attributes);
    else this.#span.fail(failure.error, attributes);
  }
}

/**
 * A stream under its span. The source is opened when the first item is asked for; where that fails, so does the span.
 *
 * @param start makes the span
 */
export function tracedStream<Item>(
  start: () => StorageSpan,
  open: (span: StorageSpan) => AsyncIterable<Item>,
  notes: (span: StorageSpan) => StreamNotes<Item>,
  signal: AbortSignal | undefined,
): AsyncIterable<Item> {
  return lazily(() => {
    const span = start();
    try {
      const items = span.run(() => open(span)[Symbol.asyncIterator]());
      const traced = new TracedIterator(items, span, notes(span), signal);
      return { [Symbol.asyncIterator]: () => new WatchedReader(traced) };
    } catch (error) {
      span.fail(error);
      throw error;
    }
  });
}

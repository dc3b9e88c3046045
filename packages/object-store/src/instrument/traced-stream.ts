// Bodies, listings and streams of deletions under a span, and what is recorded of each.

import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_OBJECT_STORE_BODY_COMPLETE,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_OBJECT_STORE_RESULT_ERROR_COUNT,
  ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT,
  ATTR_OBJECT_STORE_RESULT_PAGE_COUNT,
  ATTR_OBJECT_STORE_RESULT_PREFIX_COUNT,
  ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE,
} from '@planscope/semconv';
import { WatchedReader } from '../body/object-body.ts';
import type { DeleteResult, DelimitedEntry, ObjectMeta } from '../contract/store-calls.ts';
import { lazily } from '../listing/paged-listing.ts';
import type { StorageSpan } from './storage-tracer.ts';

/** What is recorded of a stream while it is read. */
interface StreamNotes<Item> {
  onItem(item: Item): void;
  /** @param drained whether the stream was read until it said that it was done */
  attributes(drained: boolean): Attributes;
}

/**
 * The same items; the span is active during each pull. It ends once: when the stream ends, fails or is released,
 * or when the signal aborts while no pull is pending.
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

/** Most failed deletions of a stream that are recorded one by one; the others are counted. */
const recordedFailures = 8;

/** Of a body: bytes delivered, when the first came, and whether all of them were taken. */
export function bodyNotes(span: StorageSpan, expected: number): StreamNotes<Uint8Array> {
  let bytes = 0;
  let firstByte: number | undefined;
  return {
    onItem(chunk) {
      firstByte ??= span.elapsed();
      bytes += chunk.byteLength;
    },
    attributes: (drained): Attributes => ({
      [ATTR_OBJECT_STORE_RESULT_BYTES]: bytes,
      [ATTR_OBJECT_STORE_BODY_COMPLETE]: drained || bytes === expected,
      ...(firstByte === undefined ? {} : { [ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE]: firstByte }),
    }),
  };
}

/** Of a listing: pages, objects, and common prefixes where it has any. */
export function listingNotes(withPrefixes: boolean): StreamNotes<readonly (ObjectMeta | DelimitedEntry)[]> {
  let pages = 0;
  let objects = 0;
  let prefixes = 0;
  return {
    onItem(page) {
      const found = page.filter((entry) => 'type' in entry && entry.type === 'prefix').length;
      pages += 1;
      prefixes += found;
      objects += page.length - found;
    },
    attributes: (): Attributes => ({
      [ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT]: objects,
      [ATTR_OBJECT_STORE_RESULT_PAGE_COUNT]: pages,
      ...(withPrefixes ? { [ATTR_OBJECT_STORE_RESULT_PREFIX_COUNT]: prefixes } : {}),
    }),
  };
}

/** Of a stream of deletions: objects deleted, and the paths that failed. */
export function deletionNotes(span: StorageSpan): StreamNotes<DeleteResult> {
  let deleted = 0;
  let failed = 0;
  return {
    onItem({ error }) {
      if (error === undefined) {
        deleted += 1;
        return;
      }
      failed += 1;
      if (failed <= recordedFailures) span.record(error);
    },
    attributes: (): Attributes => ({
      [ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT]: deleted,
      ...(failed === 0 ? {} : { [ATTR_OBJECT_STORE_RESULT_ERROR_COUNT]: failed }),
    }),
  };
}

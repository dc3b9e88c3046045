import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** A bounded first-in-first-out queue that hands out whole batches; taking one costs the same at any length. */
export class SpanQueue {
  readonly #capacity: number;
  readonly #batchSize: number;
  #batches: ReadableSpan[][] = [];
  #length = 0;

  /**
   * @param capacity most spans it holds
   * @param batchSize most spans `take` returns
   */
  constructor(capacity: number, batchSize: number) {
    this.#capacity = capacity;
    this.#batchSize = batchSize;
  }

  get length(): number {
    return this.#length;
  }

  /** Appends the spans; false, and nothing happens, when the queue has no room for all of them. */
  offer(spans: readonly ReadableSpan[]): boolean {
    if (this.#length + spans.length > this.#capacity) return false;
    for (const span of spans) {
      const last = this.#batches.at(-1);
      if (last === undefined || last.length >= this.#batchSize) this.#batches.push([span]);
      else last.push(span);
    }
    this.#length += spans.length;
    return true;
  }

  /** Removes the oldest spans, at most one batch of them; empty when the queue is. */
  take(): ReadableSpan[] {
    const batch = this.#batches.shift() ?? [];
    this.#length -= batch.length;
    return batch;
  }
}

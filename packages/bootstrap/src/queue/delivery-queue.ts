import { setImmediate as nextTurn } from 'node:timers/promises';
import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import {
  type BatchInFlight,
  type Delivery,
  type DropReason,
  type ImmediateExporter,
  inDoubt,
  lost,
  type TraceExporter,
} from '../exporter/trace-exporter.ts';
import { DeliveryLedger, type ExporterStats } from './delivery-ledger.ts';
import type { QueuePolicy } from './export-policy.ts';

/** An instrumented HTTP client must not trace the requests that carry spans. */
const untraced = suppressTracing(ROOT_CONTEXT);

/**
 * Delivers spans to one exporter: a bounded queue whose batches are sent one after another. Every span is counted
 * once, as exported, dropped for a reason, unknown, or pending.
 */
export class DeliveryQueue {
  readonly #exporter: TraceExporter;
  readonly #policy: QueuePolicy;
  readonly #queue: SpanQueue;
  readonly #ledger = new DeliveryLedger();
  readonly #abort = new AbortController();
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];
  #accepted = 0;
  #settled = 0;
  /** Spans accepted up to here are sent without waiting for a full batch. */
  #drainUntil = 0;
  #inFlight: { readonly spans: number; readonly state: BatchInFlight } | undefined;
  #sending = false;
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #refusing = false;

  constructor(exporter: TraceExporter, policy: QueuePolicy) {
    this.#exporter = exporter;
    this.#policy = policy;
    this.#queue = new SpanQueue(policy.maxQueueSize, policy.maxExportBatchSize);
  }

  /** Accepts finished spans, all of them or none; never waits and never throws. */
  offer(spans: readonly ReadableSpan[]): void {
    if (this.#refusing) {
      this.discard(spans.length, 'after_shutdown');
    } else if (!this.#queue.offer(spans)) {
      this.discard(spans.length, 'queue_full');
    } else {
      this.#ledger.make(spans.length);
      this.#accepted += spans.length;
      if (!this.#sending) this.#schedule();
    }
  }

  /** Counts spans that do not enter the queue. */
  discard(spans: number, reason: DropReason): void {
    this.#ledger.make(spans);
    this.#ledger.drop(spans, reason);
  }

  /** Sends the spans accepted so far, after those in flight; resolves when all are settled. */
  drain(): Promise<void> {
    this.#drainUntil = this.#accepted;
    if (this.#isDue()) void this.#send();
    return this.#whenSettled(this.#accepted);
  }

  /** Sends the spans accepted so far, then what the exporter holds; whether that worked. */
  async flush(): Promise<boolean> {
    await this.drain();
    const exporter = this.#exporter;
    if (exporter.kind === 'immediate' || exporter.flush === undefined) return true;
    // After the deadline of a shutdown the exporter is closed.
    if (this.#abort.signal.aborted) return false;
    return context.with(untraced, () => exporter.flush?.() ?? true);
  }

  /** Accepts nothing from now on. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Drops what is not yet delivered. */
  async abandon(): Promise<void> {
    this.refuse();
    this.#cancelTimers();
    this.#abort.abort();
    this.#empty((batch) => lost(batch.length, 'deadline'));
    await this.#whenSettled(this.#accepted);
  }

  /** Closes the exporter; may hang where the exporter does. */
  async close(): Promise<void> {
    await context.with(untraced, () => this.#exporter.close());
  }

  /** Delivers what needs no event loop and counts the rest as lost; for the exit of the process. */
  finishAtExit(): void {
    const exporter = this.#exporter;
    this.refuse();
    this.#cancelTimers();
    if (this.#inFlight !== undefined) {
      const { spans, state } = this.#inFlight;
      this.#settle(spans, state.mayHaveArrived ? inDoubt(spans) : lost(spans, 'process_exit'));
    }
    this.#empty((batch) =>
      exporter.kind === 'immediate' ? this.#deliverNow(exporter, batch) : lost(batch.length, 'process_exit'),
    );
    if (exporter.kind === 'immediate') exporter.close();
  }

  stats(): ExporterStats {
    return this.#ledger.read(this.#exporter);
  }

  #schedule(): void {
    if (this.#isDue()) {
      // In a later turn: encoding a batch would delay the code that has just ended a span.
      this.#soon ??= setImmediate(() => void this.#send());
    } else if (this.#queue.length > 0) {
      this.#later ??= setTimeout(() => void this.drain(), this.#policy.scheduleDelayMillis).unref();
    }
  }

  #isDue(): boolean {
    const { length } = this.#queue;
    return length >= this.#policy.maxExportBatchSize || (length > 0 && this.#drainUntil > this.#settled);
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    this.#cancelTimers();
    while (this.#isDue()) {
      await context.with(untraced, () => this.#sendBatch(this.#queue.take()));
      await nextTurn(); // The program's own work goes between two batches.
    }
    this.#sending = false;
    this.#schedule();
  }

  async #sendBatch(batch: ReadableSpan[]): Promise<void> {
    const exporter = this.#exporter;
    if (exporter.kind === 'immediate') return this.#settle(batch.length, this.#deliverNow(exporter, batch));
    const state = { signal: this.#abort.signal, mayHaveArrived: false };
    this.#inFlight = { spans: batch.length, state };
    const delivery = await exporter.deliver(batch, state).catch((error: unknown) => this.#fault(error, batch));
    this.#inFlight = undefined;
    this.#settle(batch.length, delivery);
  }

  #deliverNow(exporter: ImmediateExporter, batch: ReadableSpan[]): Delivery {
    try {
      return exporter.deliver(batch);
    } catch (error) {
      return this.#fault(error, batch);
    }
  }

  /** A fault of an exporter affects neither the program nor later batches. */
  #fault(error: unknown, batch: ReadableSpan[]): Delivery {
    diag.error(`[planscope/bootstrap] exporter ${this.#exporter.name} failed`, error);
    return inDoubt(batch.length);
  }

  #settle(spans: number, delivery: Delivery): void {
    this.#ledger.settle(delivery);
    this.#settled += spans;
    const settled = this.#waiting.filter(({ until }) => until <= this.#settled);
    this.#waiting = this.#waiting.filter(({ until }) => until > this.#settled);
    for (const { resolve } of settled) resolve();
  }

  #whenSettled(until: number): Promise<void> {
    if (this.#settled >= until) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }

  #empty(deliver: (batch: ReadableSpan[]) => Delivery): void {
    for (let batch = this.#queue.take(); batch.length > 0; batch = this.#queue.take()) {
      this.#settle(batch.length, deliver(batch));
    }
  }

  #cancelTimers(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
  }
}

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

  /** Appends the spans; if the queue has no room for all of them, appends none and returns false. */
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

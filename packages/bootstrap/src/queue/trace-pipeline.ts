import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TraceExporter } from '../exporter/trace-exporter.ts';
import type { FlushOutcome } from '../handle/tracing-handle.ts';
import { inTime } from '../in-time.ts';
import type { ExporterStats } from './delivery-ledger.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { QueuePolicy } from './export-policy.ts';

/**
 * Hands each sampled span that ends to every exporter, each with a queue of its own, so that a slow destination holds
 * up no other.
 */
export class TracePipeline implements SpanProcessor {
  readonly #queues: readonly DeliveryQueue[];
  readonly #deadlineMillis: number;
  #ending: Promise<void> | undefined;

  /**
   * @param deadlineMillis longest time a flush or shutdown takes that the SDK asks for
   */
  constructor(exporters: readonly TraceExporter[], policy: QueuePolicy, deadlineMillis: number) {
    this.#queues = exporters.map((exporter) => new DeliveryQueue(exporter, policy));
    this.#deadlineMillis = deadlineMillis;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    for (const queue of this.#queues) queue.offer(span);
  }

  async forceFlush(): Promise<void> {
    await this.flush(this.#deadlineMillis);
  }

  /** Waits for what is on its way and sends what waits, in sequence; never rejects. */
  async flush(deadlineMillis: number): Promise<FlushOutcome> {
    const complete = await inTime(deadlineMillis, Promise.all(this.#queues.map((queue) => queue.drain())));
    return { complete, pending: this.#pending() };
  }

  /** Ends the pipeline once; what the deadline leaves undelivered is counted as dropped or unknown. Never rejects. */
  shutdown(deadlineMillis: number = this.#deadlineMillis): Promise<void> {
    this.#ending ??= this.#end(deadlineMillis);
    return this.#ending;
  }

  /** Delivers what needs no event loop and counts the rest as lost. */
  finishAtExit(): void {
    for (const queue of this.#queues) queue.finishAtExit();
  }

  stats(): readonly ExporterStats[] {
    return this.#queues.map((queue) => queue.stats());
  }

  async #end(deadlineMillis: number): Promise<void> {
    for (const queue of this.#queues) queue.refuse();
    await this.flush(deadlineMillis);
    await Promise.all(this.#queues.map((queue) => queue.abandon()));
  }

  #pending(): number {
    return this.stats().reduce((sum, { pending }) => sum + pending, 0);
  }
}

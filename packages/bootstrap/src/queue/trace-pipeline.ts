import { type Context, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TraceExporter } from '../exporter/trace-exporter.ts';
import type { FlushOutcome } from '../handle/tracing-handle.ts';
import { inTime } from '../in-time.ts';
import { SlowQueryGate } from '../slow-query/slow-query-gate.ts';
import type { ExporterStats } from './delivery-ledger.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { PipelinePolicy } from './export-policy.ts';

/**
 * Hands each sampled span that ends to every exporter, each with its own queue, so that a slow destination holds
 * up no other. Where only slow queries are wanted, spans wait before the queues until it is known what their query is.
 */
export class TracePipeline implements SpanProcessor {
  readonly #queues: readonly DeliveryQueue[];
  readonly #deadlineMillis: number;
  readonly #gate: SlowQueryGate | undefined;
  #ending: Promise<void> | undefined;

  /**
   * @param deadlineMillis longest time of a flush or shutdown that the SDK starts
   */
  constructor(exporters: readonly TraceExporter[], policy: PipelinePolicy, deadlineMillis: number) {
    this.#queues = exporters.map((exporter) => new DeliveryQueue(exporter, policy));
    this.#deadlineMillis = deadlineMillis;
    const { thresholdMillis, maxHeldSpans } = policy.slowQuery;
    if (thresholdMillis !== undefined) {
      this.#gate = new SlowQueryGate(
        { thresholdMillis, maxHeldSpans },
        {
          offer: (spans) => this.#offer(spans),
          discard: (spans, reason) => {
            for (const queue of this.#queues) queue.discard(spans, reason);
          },
        },
      );
    }
  }

  onStart(span: Span, parentContext: Context): void {
    this.#gate?.start(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#gate === undefined) this.#offer([span]);
    else this.#gate.end(span);
  }

  async forceFlush(): Promise<void> {
    await this.flush(this.#deadlineMillis);
  }

  /**
   * Waits for batches in flight, then sends what is queued; never rejects. Spans that are held for a query that
   * still runs, and is not slow yet, stay.
   */
  async flush(deadlineMillis: number): Promise<FlushOutcome> {
    this.#gate?.releaseSlow();
    const held = this.#held();
    let flushed: readonly boolean[] = [];
    const flushing = Promise.all(this.#queues.map((queue) => queue.flush())).then((all) => {
      flushed = all;
    });
    const complete = (await inTime(deadlineMillis, flushing)) && flushed.every(Boolean) && held === 0;
    return { complete, pending: this.#pending() };
  }

  /** Ends the pipeline once; what the deadline leaves undelivered is counted as dropped or unknown. Never rejects. */
  shutdown(deadlineMillis: number = this.#deadlineMillis): Promise<void> {
    this.#ending ??= this.#end(deadlineMillis);
    return this.#ending;
  }

  /** Delivers what needs no event loop and counts the rest as lost. */
  finishAtExit(): void {
    this.#gate?.close();
    for (const queue of this.#queues) queue.finishAtExit();
  }

  stats(): readonly ExporterStats[] {
    const held = this.#held();
    return this.#queues.map((queue) => {
      const stats = queue.stats();
      return { ...stats, made: stats.made + held, pending: stats.pending + held };
    });
  }

  async #end(deadlineMillis: number): Promise<void> {
    this.#gate?.close();
    for (const queue of this.#queues) queue.refuse();
    const deadline = performance.now() + deadlineMillis;
    await this.flush(deadlineMillis);
    await Promise.all(this.#queues.map((queue) => queue.abandon()));
    const closed = Promise.all(this.#queues.map((queue) => queue.close()));
    await inTime(Math.max(0, deadline - performance.now()), closed);
  }

  #offer(spans: readonly ReadableSpan[]): void {
    for (const queue of this.#queues) queue.offer(spans);
  }

  #held(): number {
    return this.#gate?.held ?? 0;
  }

  #pending(): number {
    return this.stats().reduce((sum, { pending }) => sum + pending, 0);
  }
}

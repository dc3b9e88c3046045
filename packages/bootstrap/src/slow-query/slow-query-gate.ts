import { type Context, SpanStatusCode, trace } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { ATTR_SPAN_KIND, ATTR_WARNING_COUNT } from '@planscope/semconv';
import type { DropReason } from '../exporter/trace-exporter.ts';

/** Which queries are worth exporting, and how much may be held until that is known. */
export type SlowQueryPolicy = Required<TracingConfig['exportPolicy']['slowQuery']>;

/** Where spans go once the gate has decided on them. */
export interface GateOutlet {
  /** Spans to export; those of one call belong together. */
  offer(spans: readonly ReadableSpan[]): void;
  discard(spans: number, reason: DropReason): void;
}

/** A run or a query with everything below it, which is exported as a whole or not at all. */
interface Query {
  readonly root: ReadableSpan;
  held: ReadableSpan[];
  /** The decision on its spans; open until it is made. */
  fate: 'open' | 'export' | DropReason;
}

/**
 * Holds the spans of each query until it is known to be slow, to have failed or to have raised a warning. Spans that
 * belong to no query pass. The fate of a query is found through the span objects themselves, so a child follows it
 * however late it ends, and the gate remembers nothing longer than such a child can still be made.
 */
export class SlowQueryGate {
  readonly #policy: SlowQueryPolicy;
  readonly #outlet: GateOutlet;
  readonly #queries = new WeakMap<object, Query>();
  /** The open queries that hold spans. */
  readonly #holding = new Set<Query>();
  #held = 0;
  #closed = false;

  constructor(policy: SlowQueryPolicy, outlet: GateOutlet) {
    this.#policy = policy;
    this.#outlet = outlet;
  }

  /** Spans that have ended and wait for the decision on their query. */
  get held(): number {
    return this.#held;
  }

  /** Notes which query a new span belongs to: that of its parent, else a query of its own where it is one. */
  start(span: ReadableSpan, parentContext: Context): void {
    const parent = trace.getSpan(parentContext);
    const inherited = parent === undefined ? undefined : this.#queries.get(parent);
    const query = inherited ?? (isQuery(span) ? ({ root: span, held: [], fate: 'open' } satisfies Query) : undefined);
    if (query !== undefined) this.#queries.set(span, query);
  }

  /** Accepts a finished span. */
  end(span: ReadableSpan): void {
    const query = this.#queries.get(span);
    if (query === undefined || query.fate === 'export' || this.#closed) {
      this.#outlet.offer([span]);
    } else if (query.fate !== 'open') {
      this.#outlet.discard(1, query.fate);
    } else if (span === query.root) {
      this.#decide(query, this.#isWorthIt(span) ? 'export' : 'fast_query', span);
    } else if (this.#isSlow(query, hrTimeToMilliseconds(span.endTime))) {
      this.#decide(query, 'export', span);
    } else if (this.#held < this.#policy.maxHeldSpans) {
      query.held.push(span);
      this.#holding.add(query);
      this.#held += 1;
    } else {
      this.#decide(query, 'held_full', span);
    }
  }

  /** Exports the spans of queries that still run but are already slow. */
  releaseSlow(): void {
    const now = Date.now();
    for (const query of this.#holding) if (this.#isSlow(query, now)) this.#decide(query, 'export');
  }

  /** Decides everything now; what ends later passes. */
  close(): void {
    this.releaseSlow();
    for (const query of this.#holding) this.#decide(query, 'undecided');
    this.#closed = true;
  }

  #decide(query: Query, fate: Exclude<Query['fate'], 'open'>, ...last: ReadableSpan[]): void {
    const spans = [...query.held, ...last];
    this.#held -= query.held.length;
    this.#holding.delete(query);
    query.held = [];
    query.fate = fate;
    if (fate === 'export') this.#outlet.offer(spans);
    else this.#outlet.discard(spans.length, fate);
  }

  #isWorthIt({ duration, status, attributes }: ReadableSpan): boolean {
    return (
      hrTimeToMilliseconds(duration) > this.#policy.thresholdMillis ||
      status.code === SpanStatusCode.ERROR ||
      Number(attributes[ATTR_WARNING_COUNT] ?? 0) > 0
    );
  }

  #isSlow({ root }: Query, untilMillis: number): boolean {
    return untilMillis - hrTimeToMilliseconds(root.startTime) > this.#policy.thresholdMillis;
  }
}

function isQuery({ attributes }: ReadableSpan): boolean {
  const kind = attributes[ATTR_SPAN_KIND];
  return kind === 'run' || kind === 'query';
}

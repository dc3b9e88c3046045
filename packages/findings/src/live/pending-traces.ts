import type { SdkSpan } from '@planscope/run-model';

type Context = ReturnType<SdkSpan['spanContext']>;

/** The spans of a trace that have ended. */
export interface PendingTrace {
  readonly spans: readonly SdkSpan[];
}

interface OpenTrace {
  spans: SdkSpan[];
  /** Spans that have started and not ended. */
  readonly open: Set<string>;
  /** When the last one ended, in milliseconds. */
  last: number;
}

/** The spans of traces until no span of them is open and none has ended for a while. Other spans are unknown to it. */
export class PendingTraces {
  /** The trace whose last span ended first comes first. */
  readonly #traces = new Map<string, OpenTrace>();
  readonly #maxSpans: number;
  #ended = 0;
  #open = 0;

  constructor(maxSpans: number) {
    this.#maxSpans = maxSpans;
  }

  /** Whether a span has ended that was not taken yet. */
  get hasEnded(): boolean {
    return this.#ended > 0;
  }

  started({ traceId, spanId }: Context): void {
    // Spans that never end cost no more than the spans that are held.
    if (this.#open >= this.#maxSpans) return;
    const trace = this.#traces.get(traceId) ?? { spans: [], open: new Set(), last: 0 };
    this.#traces.set(traceId, trace);
    trace.open.add(spanId);
    this.#open += 1;
  }

  /** @returns the traces that have to go because there are too many spans */
  *ended(span: SdkSpan, now: number): Generator<PendingTrace> {
    const { traceId, spanId } = span.spanContext();
    const trace = this.#traces.get(traceId) ?? { spans: [], open: new Set<string>(), last: now };
    if (trace.open.delete(spanId)) this.#open -= 1;
    trace.spans.push(span);
    trace.last = now;
    this.#ended += 1;
    this.#traces.delete(traceId);
    this.#traces.set(traceId, trace);
    if (this.#ended > this.#maxSpans) yield* this.#take((other) => other.spans.length > 0, 1);
  }

  /** Removes and returns the traces of which no span is open and none ended after a time in milliseconds. */
  takeQuiet(before: number): Generator<PendingTrace> {
    return this.#take(({ open, spans, last }) => open.size === 0 && spans.length > 0 && last <= before);
  }

  /** Removes and returns all spans that have ended. */
  takeAll(): Generator<PendingTrace> {
    return this.#take(({ spans }) => spans.length > 0);
  }

  *#take(isWanted: (trace: OpenTrace) => boolean, limit = Number.POSITIVE_INFINITY): Generator<PendingTrace> {
    let taken = 0;
    for (const [traceId, trace] of this.#traces) {
      if (taken >= limit) return;
      if (!isWanted(trace)) continue;
      const { spans } = trace;
      this.#ended -= spans.length;
      taken += 1;
      if (trace.open.size === 0) this.#traces.delete(traceId);
      else trace.spans = [];
      yield { spans: withoutCallers(spans) };
    }
  }
}

/**
 * The spans with the program's own spans above them as those of another process: they may end much later, and nothing is
 * missing without them.
 */
function withoutCallers(spans: readonly SdkSpan[]): SdkSpan[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  return spans.map((span) => {
    const { name, kind, startTime, endTime, status, attributes, events, links, resource, instrumentationScope } = span;
    const { traceId, traceFlags } = span.spanContext();
    const spanId = span.parentSpanContext?.spanId ?? span.parentSpanId;
    if (spanId === undefined || ids.has(spanId)) return span;
    return {
      ...{ name, kind, startTime, endTime, status, attributes, events, links, resource },
      ...(instrumentationScope === undefined ? {} : { instrumentationScope }),
      spanContext: () => span.spanContext(),
      parentSpanContext: { traceId, spanId, traceFlags, isRemote: true },
    };
  });
}

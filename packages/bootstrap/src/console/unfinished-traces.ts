import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** Finished spans of one trace. */
export interface GatheredTrace {
  readonly traceId: string;
  readonly spans: readonly ReadableSpan[];
}

/** Gathers finished spans until the root of their trace in this process has ended, which it does last. */
export class UnfinishedTraces {
  readonly #traces = new Map<string, ReadableSpan[]>();
  readonly #maxSpans: number;
  #held = 0;

  /** @param maxSpans most spans that are held; over it, the oldest traces are given out as they are */
  constructor(maxSpans: number) {
    this.#maxSpans = maxSpans;
  }

  /** Takes spans in and gives out the traces that are complete, or for which there is no room, the oldest first. */
  add(spans: readonly ReadableSpan[]): GatheredTrace[] {
    const complete = new Set<string>();
    for (const span of spans) {
      const { traceId } = span.spanContext();
      const gathered = this.#traces.get(traceId);
      if (gathered === undefined) this.#traces.set(traceId, [span]);
      else gathered.push(span);
      if (isLocalRoot(span)) complete.add(traceId);
    }
    this.#held += spans.length;
    const given = [...complete].map((traceId) => this.#take(traceId));
    for (const traceId of this.#traces.keys()) {
      if (this.#held <= this.#maxSpans) break;
      given.push(this.#take(traceId));
    }
    return given;
  }

  /** Gives out what is left, though its roots have not ended. */
  takeAll(): GatheredTrace[] {
    return [...this.#traces.keys()].map((traceId) => this.#take(traceId));
  }

  #take(traceId: string): GatheredTrace {
    const spans = this.#traces.get(traceId) ?? [];
    this.#traces.delete(traceId);
    this.#held -= spans.length;
    return { traceId, spans };
  }
}

function isLocalRoot({ parentSpanContext }: ReadableSpan): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true;
}

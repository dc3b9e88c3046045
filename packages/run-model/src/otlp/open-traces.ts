import type { Gap } from '../run.ts';
import { planscopeKind } from '../spans/split-runs.ts';
import type { TraceSpan } from '../spans/trace-span.ts';

/** A trace whose spans are being collected. */
export interface CollectedTrace {
  readonly traceId: string;
  readonly spans: readonly TraceSpan[];
  readonly gaps: readonly Gap[];
  /** Whether every parent is there, or in another process. */
  readonly isClosed: boolean;
}

export interface OpenTraceLimits {
  readonly maxOpenTraces: number;
  readonly maxOpenSpans: number;
  readonly maxSpansPerTrace: number;
  /** How many lines without a span of a trace settle that it has no more. */
  readonly settleLines: number;
}

/**
 * Collects the spans of traces, which may be spread over lines and files in any order, until each trace is complete.
 *
 * OTLP does not tell when a trace is complete. A trace counts as complete when it has a root, the parent of each of its
 * spans is among them or in another process, and no span of it came for some lines: programs export spans in the order
 * of their ends, so that the root comes last but for spans of other batches.
 */
export class OpenTraces {
  /** The trace that got a span least recently comes first. */
  readonly #traces = new Map<string, OpenTrace>();
  readonly #limits: OpenTraceLimits;
  #spans = 0;

  constructor(limits: OpenTraceLimits) {
    this.#limits = limits;
  }

  /**
   * Adds the spans of a line.
   *
   * @param line number of lines so far, in all files
   */
  add(spans: readonly TraceSpan[], line: number): void {
    for (const span of spans) {
      const trace = this.#traces.get(span.traceId) ?? new OpenTrace(span.traceId);
      if (trace.add(span, this.#limits.maxSpansPerTrace)) this.#spans += 1;
      trace.line = line;
      this.#traces.delete(span.traceId);
      this.#traces.set(span.traceId, trace);
    }
  }

  /** Removes and returns the traces that are complete. */
  *takeComplete(line: number): Generator<CollectedTrace> {
    for (const trace of this.#traces.values()) {
      if (line - trace.line < this.#limits.settleLines) return;
      if (trace.isClosed) yield this.#take(trace);
    }
  }

  /** Removes and returns traces while there are more than the limits allow, the least recent first. */
  *takeExcess(): Generator<CollectedTrace> {
    for (const trace of this.#traces.values()) {
      if (this.#traces.size <= this.#limits.maxOpenTraces && this.#spans <= this.#limits.maxOpenSpans) return;
      yield this.#take(trace);
    }
  }

  /** Removes and returns all traces. */
  *takeAll(): Generator<CollectedTrace> {
    for (const trace of this.#traces.values()) yield this.#take(trace);
  }

  #take(trace: OpenTrace): CollectedTrace {
    this.#traces.delete(trace.traceId);
    this.#spans -= trace.spans.length;
    return trace;
  }
}

/** Kinds without which a trace tells nothing, which are kept beyond its limit. */
const ESSENTIAL: ReadonlySet<unknown> = new Set(['run', 'query', 'stage']);

class OpenTrace implements CollectedTrace {
  readonly traceId: string;
  readonly spans: TraceSpan[] = [];
  readonly #ids = new Set<string>();
  readonly #missing = new Set<string>();
  #hasRoot = false;
  #dropped = 0;
  /** The last line with a span of it. */
  line = 0;

  constructor(traceId: string) {
    this.traceId = traceId;
  }

  /** @returns whether the span was kept */
  add(span: TraceSpan, limit: number): boolean {
    const { spanId, parentSpanId, hasRemoteParent } = span;
    const isRoot = parentSpanId === undefined || hasRemoteParent === true;
    this.#ids.add(spanId);
    this.#missing.delete(spanId);
    if (isRoot) this.#hasRoot = true;
    else if (!this.#ids.has(parentSpanId)) this.#missing.add(parentSpanId);
    const isKept =
      this.spans.length < limit ||
      (isRoot || ESSENTIAL.has(planscopeKind(span)) ? this.spans.length < 2 * limit : false);
    if (isKept) this.spans.push(span);
    else this.#dropped += 1;
    return isKept;
  }

  get isClosed(): boolean {
    return this.#hasRoot && this.#missing.size === 0;
  }

  get gaps(): Gap[] {
    return this.#dropped === 0 ? [] : [{ code: 'too-many-spans', count: this.#dropped }];
  }
}

import type { Run } from '../run.ts';
import { RunModelError } from '../run-model-error.ts';
import { runsOfTrace } from './runs-from-spans.ts';
import { type SdkSpan, spansFromSdk } from './sdk-spans.ts';
import { planscopeKind } from './split-runs.ts';
import type { TraceSpan } from './trace-span.ts';

/** Limits of a collector. */
export interface RunCollectorOptions {
  /**
   * Most spans that wait for the end of their run. Above that, those of the trace that has been silent longest are
   * dropped, and its next run has the gap `too-many-spans`. Default: 20,000.
   */
  readonly maxSpans?: number;
}

/** Most traces that are remembered for the spans that were dropped of them. */
const MAX_TRACES = 10_000;

/**
 * Makes runs of the finished spans of an OpenTelemetry SDK while the program runs, each when its own span has ended:
 * the spans below it end before. A query within a run is a run of its own here, because it ends first. Spans that are
 * below neither are dropped with the root of their trace.
 */
export class RunCollector {
  readonly #maxSpans: number;
  /** The trace that got a span least recently comes first. */
  readonly #traces = new Map<string, WaitingSpans>();
  #spans = 0;

  /** @throws RunModelError `invalid-option` for a limit that is not a whole number from 1 up */
  constructor({ maxSpans = 20_000 }: RunCollectorOptions = {}) {
    if (!Number.isSafeInteger(maxSpans) || maxSpans < 1) {
      throw new RunModelError('invalid-option', `option maxSpans is ${maxSpans}; should be a whole number from 1 up`);
    }
    this.#maxSpans = maxSpans;
  }

  /** Number of spans that wait for the end of their run. */
  get waiting(): number {
    return this.#spans;
  }

  /**
   * Adds spans in the order of their ends.
   *
   * @returns the runs and queries that ended with them
   */
  add(spans: Iterable<SdkSpan>): Run[] {
    return spansFromSdk(spans).flatMap((span) => this.#add(span));
  }

  #add(span: TraceSpan): Run[] {
    const { traceId, spanId, parentSpanId, hasRemoteParent } = span;
    const kind = planscopeKind(span);
    const waiting = this.#traces.get(traceId);
    if (kind === 'run' || kind === 'query') {
      const below = this.#take(traceId, spanId);
      const dropped = waiting?.dropped ?? 0;
      const gaps = dropped === 0 ? [] : [{ code: 'too-many-spans', count: dropped } as const];
      // The span of the program around it has not ended, and nothing is missing for that.
      return runsOfTrace([{ ...span, hasRemoteParent: true }, ...below], { gaps });
    }
    if (parentSpanId === undefined || hasRemoteParent === true) {
      this.#take(traceId, spanId);
      return [];
    }
    // A span of another library matters only if it is between a run and its parts.
    if (kind !== undefined || waiting?.byParent.has(spanId) === true) this.#wait(span, parentSpanId);
    return [];
  }

  #wait(span: TraceSpan, parentSpanId: string): void {
    const waiting = this.#traces.get(span.traceId) ?? { byParent: new Map(), spans: 0, dropped: 0 };
    const siblings = waiting.byParent.get(parentSpanId);
    if (siblings === undefined) waiting.byParent.set(parentSpanId, [span]);
    else siblings.push(span);
    waiting.spans += 1;
    this.#spans += 1;
    this.#traces.delete(span.traceId);
    this.#traces.set(span.traceId, waiting);
    this.#drop();
  }

  /** Removes and returns the spans below one. */
  #take(traceId: string, spanId: string): TraceSpan[] {
    const waiting = this.#traces.get(traceId);
    if (waiting === undefined) return [];
    const taken: TraceSpan[] = [];
    const parents = [spanId];
    for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
      const children = waiting.byParent.get(parent) ?? [];
      waiting.byParent.delete(parent);
      for (const child of children) {
        taken.push(child);
        parents.push(child.spanId);
      }
    }
    waiting.spans -= taken.length;
    this.#spans -= taken.length;
    if (waiting.spans === 0) this.#traces.delete(traceId);
    return taken;
  }

  #drop(): void {
    for (const [traceId, waiting] of this.#traces) {
      if (this.#spans <= this.#maxSpans) break;
      this.#spans -= waiting.spans;
      waiting.dropped += waiting.spans;
      waiting.spans = 0;
      waiting.byParent.clear();
      this.#traces.delete(traceId);
      this.#traces.set(traceId, waiting);
    }
    const [oldest] = this.#traces.keys();
    if (this.#traces.size > MAX_TRACES && oldest !== undefined) {
      this.#spans -= this.#traces.get(oldest)?.spans ?? 0;
      this.#traces.delete(oldest);
    }
  }
}

/** The spans of one trace whose run has not ended. */
interface WaitingSpans {
  readonly byParent: Map<string, TraceSpan[]>;
  spans: number;
  dropped: number;
}

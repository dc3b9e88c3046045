import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { renderRunTree, traceFromSpans } from '@planscope/run-model';
import { delivered, type ImmediateExporter, type ReportProblem } from '../exporter/trace-exporter.ts';
import { stdoutWriter } from '../log-lines/stdout-writer.ts';

/** The default span limit of one run. */
const MAX_HELD_SPANS = 2_000;

/**
 * An exporter that prints each trace as a tree on standard output, for people who run the program.
 *
 * @param report called with each failed write
 */
export function createConsoleExporter(report: ReportProblem): ImmediateExporter {
  const write = stdoutWriter('traces', report);
  const traces = new UnfinishedTraces(MAX_HELD_SPANS);
  const print = (trace: GatheredTrace): void => write(`${render(trace)}\n\n`);
  return {
    kind: 'immediate',
    name: 'console',
    destination: 'stdout',
    deliver(spans) {
      traces.add(spans).forEach(print);
      return delivered(spans.length);
    },
    close() {
      traces.takeAll().forEach(print);
    },
  };
}

function render({ traceId, spans }: GatheredTrace): string {
  const trace = traceFromSpans(spans);
  return trace === undefined ? '' : renderRunTree(trace, { title: `trace ${traceId}` });
}

/** Finished spans of one trace. */
interface GatheredTrace {
  readonly traceId: string;
  readonly spans: readonly ReadableSpan[];
}

/** Collects finished spans until their root in this process ends: a trace's root, or a child of another process's span. */
class UnfinishedTraces {
  readonly #traces = new Map<string, ReadableSpan[]>();
  readonly #maxSpans: number;
  #held = 0;

  /** @param maxSpans most spans that are held; above it, the oldest traces are released incomplete */
  constructor(maxSpans: number) {
    this.#maxSpans = maxSpans;
  }

  /** Adds spans and returns complete traces, and the oldest ones if there is no room, oldest first. */
  add(spans: readonly ReadableSpan[]): GatheredTrace[] {
    for (const span of spans) {
      const { traceId } = span.spanContext();
      const gathered = this.#traces.get(traceId);
      if (gathered === undefined) this.#traces.set(traceId, [span]);
      else gathered.push(span);
    }
    this.#held += spans.length;
    const given = spans.filter(isLocalRoot).map((root) => this.#takeBelow(root));
    for (const traceId of this.#traces.keys()) {
      if (this.#held <= this.#maxSpans) break;
      given.push(this.#take(traceId));
    }
    return given;
  }

  /** Returns the remaining spans, though their roots have not ended. */
  takeAll(): GatheredTrace[] {
    return [...this.#traces.keys()].map((traceId) => this.#take(traceId));
  }

  #take(traceId: string): GatheredTrace {
    const spans = this.#traces.get(traceId) ?? [];
    this.#traces.delete(traceId);
    this.#held -= spans.length;
    return { traceId, spans };
  }

  /** A trace that another process began can have several roots here, and some may not have ended. */
  #takeBelow(root: ReadableSpan): GatheredTrace {
    const { traceId, spans } = this.#take(root.spanContext().traceId);
    const below = descendants(root, spans);
    const others = spans.filter((span) => !below.has(span));
    if (others.length > 0) this.#traces.set(traceId, others);
    this.#held += others.length;
    return { traceId, spans: [...below] };
  }
}

function isLocalRoot({ parentSpanContext }: ReadableSpan): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true;
}

/** The root with all spans below it. */
function descendants(root: ReadableSpan, spans: readonly ReadableSpan[]): ReadonlySet<ReadableSpan> {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const isBelow = new Map<ReadableSpan | undefined, boolean>([
    [undefined, false],
    [root, true],
  ]);
  const isShown = (span: ReadableSpan | undefined): boolean => {
    const known = isBelow.get(span);
    if (known !== undefined) return known;
    const below = isShown(byId.get(span?.parentSpanContext?.spanId ?? ''));
    isBelow.set(span, below);
    return below;
  };
  return new Set(spans.filter(isShown));
}

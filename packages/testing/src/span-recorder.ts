import type { Context, Sampler, TracerProvider } from '@opentelemetry/api';
import { BasicTracerProvider, type Span, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { drawDeferredSpans } from '@planscope/semconv';
import type { RecordedSpan } from './recorded-span.ts';
import { noteStart } from './start-order.ts';

/** Keeps the spans of a test in memory. */
export interface SpanRecorder {
  /** Pass this to the code under test; it is never registered globally. */
  readonly tracerProvider: TracerProvider;
  /** Finished spans, in the order they ended. Deferred spans of finished queries are made first. */
  spans(): RecordedSpan[];
  /** Spans that were started and have not ended. */
  openSpans(): number;
  /** Forgets the finished spans. */
  clear(): void;
}

/**
 * Makes a recorder.
 *
 * @param options.sampler which spans are recorded; default all
 */
export function createSpanRecorder(options: { readonly sampler?: Sampler } = {}): SpanRecorder {
  const memory = new MemoryProcessor();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [memory],
    ...(options.sampler === undefined ? {} : { sampler: options.sampler }),
  });
  return {
    tracerProvider,
    spans: () => {
      drawDeferredSpans();
      return [...memory.finished];
    },
    openSpans: () => {
      drawDeferredSpans();
      return memory.open;
    },
    clear: () => {
      drawDeferredSpans();
      memory.finished.length = 0;
    },
  };
}

class MemoryProcessor implements SpanProcessor {
  readonly finished: RecordedSpan[] = [];
  open = 0;

  onStart(span: Span, _parent: Context): void {
    this.open += 1;
    noteStart(span);
  }

  onEnd(span: RecordedSpan): void {
    this.open -= 1;
    this.finished.push(span);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

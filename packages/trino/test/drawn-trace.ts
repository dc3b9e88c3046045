import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type EngineReport, type RunWarning, SpanBudget, toHrTime } from '@planscope/plan';
import { createSpanRecorder, type RecordedSpan } from '@planscope/testing';
import { drawQuery, type TrinoReportOptions, trinoReportRecorders } from '../src/report/draw-query.ts';

/** A trace that was drawn from a report below the span of its query. */
export interface DrawnTrace {
  readonly spans: readonly RecordedSpan[];
  readonly warnings: readonly RunWarning[];
  readonly budget: SpanBudget;
}

/**
 * Draws a report below a span named `query`, which is as long as the report's window.
 *
 * @param made the report, or what makes it for the trace of the query
 */
export function drawnTrace(
  made: EngineReport | ((traceId: string) => EngineReport),
  { maxSpans, ...options }: TrinoReportOptions & { maxSpans?: number } = {},
): DrawnTrace {
  const { window } = typeof made === 'function' ? made('') : made;
  const recorder = createSpanRecorder();
  const { tracerProvider } = recorder;
  const attributes = {
    'planscope.span.kind': 'query',
    'planscope.timing.basis': 'measured',
    'db.system.name': 'trino',
    'db.query.summary': 'query',
  };
  const span = tracerProvider
    .getTracer('test')
    .startSpan('query', { startTime: toHrTime(window.start), attributes }, ROOT_CONTEXT);
  const warnings: RunWarning[] = [];
  const budget = new SpanBudget(maxSpans);
  const scope = {
    place: { otelContext: trace.setSpan(ROOT_CONTEXT, span), window },
    stages: new Map(),
    operators: new Map(),
    run: { runId: 'run-1' },
    budget,
    warn: (warning: RunWarning) => warnings.push(warning),
  };
  const report = typeof made === 'function' ? made(span.spanContext().traceId) : made;
  drawQuery(report, scope, trinoReportRecorders({ tracerProvider, ...options }));
  span.end(toHrTime(window.end));
  return { spans: recorder.spans(), warnings, budget };
}

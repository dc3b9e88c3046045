import { type Attributes, type Context, type Span, trace } from '@opentelemetry/api';
import type { Steps } from '@planscope/internal/steps';
import {
  type EngineReport,
  type MetricReport,
  type RunWarning,
  SpanBudget,
  type WarningSink,
} from '@planscope/plan/report';
import { ATTR_SPANS_DROPPED, ATTR_WARNING_CODES, ATTR_WARNING_COUNT, operatorMetricKey } from '@planscope/semconv';
import { drawingQuery } from '../report/draw-query.ts';
import type { QueryTracing } from './query-tracing.ts';
import type { TraceTrinoOptions } from './trace-options.ts';

/** Where a report is drawn. */
interface ReportedSpan {
  /** The span of the query, which is not ended here. */
  readonly span: Span;
  /** The context around that span. */
  readonly parent: Context;
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  readonly end: bigint;
  readonly warn: WarningSink;
}

const DEFAULT_MAX_SPANS = 1000;

/** Draws a report on the span of its query and below it, in steps. */
export function* drawingReport(
  report: EngineReport,
  { options, recorders }: Pick<QueryTracing, 'options' | 'recorders'>,
  { span, parent, start, end, warn }: ReportedSpan,
): Steps<void> {
  const { maxSpans = DEFAULT_MAX_SPANS, customFields } = options;
  const budget = new SpanBudget(maxSpans);
  const run = { runId: crypto.randomUUID(), ...(customFields === undefined ? {} : { customFields }) };
  const window = { start: start.toString(), end: end.toString() };
  const place = { otelContext: trace.setSpan(parent, span), window };
  yield* drawingQuery(report, { place, stages: new Map(), operators: new Map(), run, budget, warn }, recorders);
  if (budget.dropped > 0) span.setAttribute(ATTR_SPANS_DROPPED, budget.dropped);
}

/** Numbers of the whole query, for its span. */
export function metricAttributes(metrics: readonly MetricReport[], { operators = {} }: TraceTrinoOptions): Attributes {
  if (operators.recordMetrics === false) return {};
  return Object.fromEntries(metrics.map(({ name, value }) => [operatorMetricKey(name), Number(value)]));
}

export function warningAttributes(warnings: readonly RunWarning[]): Attributes {
  if (warnings.length === 0) return {};
  const codes = [...new Set(warnings.map(({ code }) => code))].sort();
  return { [ATTR_WARNING_COUNT]: warnings.length, [ATTR_WARNING_CODES]: codes };
}

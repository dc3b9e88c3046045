import { SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMicroseconds, hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import {
  ATTR_ERROR_TYPE,
  ATTR_OPERATOR_NAME,
  ATTR_SPAN_KIND,
  datafusionMetricKey,
  METRIC_OUTPUT_ROWS,
} from '@planscope/semconv';

/** One finished span as a structured log entry. */
export interface LogLine {
  /** When the span ended, ISO 8601. */
  readonly timestamp: string;
  readonly level: 'INFO' | 'ERROR';
  /** Name of the tracer that made the span. */
  readonly target: string;
  readonly span: {
    readonly name: string;
    readonly kind?: string;
    /** The planning phase, or `execution` for an operator. */
    readonly phase?: string;
    readonly operator?: string;
    readonly rows_produced?: number;
    readonly elapsed_ms: number;
    readonly error?: string;
  };
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
}

/** The log entry of a span; what does not apply to its kind is left out. */
export function logLine(span: ReadableSpan): LogLine {
  const { traceId, spanId } = span.spanContext();
  const kind = text(span, ATTR_SPAN_KIND);
  const phase = kind === 'phase' ? span.name : kind === 'operator' ? 'execution' : undefined;
  const operator = text(span, ATTR_OPERATOR_NAME);
  const rows = span.attributes[datafusionMetricKey(METRIC_OUTPUT_ROWS)];
  const failed = span.status.code === SpanStatusCode.ERROR;
  const parent = span.parentSpanContext?.spanId;
  return {
    timestamp: new Date(hrTimeToMilliseconds(span.endTime)).toISOString(),
    level: failed ? 'ERROR' : 'INFO',
    target: span.instrumentationScope.name,
    span: {
      name: span.name,
      ...(kind !== undefined && { kind }),
      ...(phase !== undefined && { phase }),
      ...(operator !== undefined && { operator }),
      ...(typeof rows === 'number' && { rows_produced: rows }),
      elapsed_ms: Math.round(hrTimeToMicroseconds(span.duration)) / 1000,
      ...(failed && { error: text(span, ATTR_ERROR_TYPE) ?? 'unknown' }),
    },
    trace_id: traceId,
    span_id: spanId,
    ...(parent !== undefined && { parent_span_id: parent }),
  };
}

function text(span: ReadableSpan, key: string): string | undefined {
  const value = span.attributes[key];
  return typeof value === 'string' ? value : undefined;
}

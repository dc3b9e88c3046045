import { SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMicroseconds, hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import {
  ATTR_ERROR_TYPE,
  ATTR_OPERATOR_NAME,
  ATTR_SPAN_KIND,
  METRIC_OUTPUT_ROWS,
  operatorMetricKey,
} from '@planscope/semconv';
import { delivered, type ImmediateExporter, lost, type ReportProblem } from '../exporter/trace-exporter.ts';
import { appendText, openForAppending, writeFault } from '../file/append-text.ts';
import { stdoutWriter } from './stdout-writer.ts';

/**
 * An exporter that writes one JSON object for each span, one per line, for log collectors.
 *
 * @param log the file to append to; without one, standard output
 * @param report called with each failed write
 * @throws BootstrapError when the file cannot be written
 */
export function createLogLineExporter(log: TracingConfig['log'], report: ReportProblem): ImmediateExporter {
  const { destination, write } =
    log.path === undefined ? { destination: 'stdout', write: stdoutWriter('log lines', report) } : toFile(log.path);
  return {
    kind: 'immediate',
    name: 'log',
    destination,
    deliver(spans) {
      const lines = spans.map((span) => `${JSON.stringify(logLine(span))}\n`).join('');
      try {
        write(lines);
        return delivered(spans.length);
      } catch (error) {
        report(`cannot write log lines (${writeFault(error)}); check the disk and the permissions`);
        return lost(spans.length, 'write_failed');
      }
    },
    close() {},
  };
}

interface LineWriter {
  readonly destination: string;
  readonly write: (lines: string) => void;
}

function toFile(path: string): LineWriter {
  const file = openForAppending(path, 'log.path');
  return { destination: file, write: (lines) => appendText(file, Buffer.from(lines)) };
}

/** One finished span as a structured log entry. */
interface LogLine {
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

/** The log entry of a span, without fields that do not apply to its kind. */
function logLine(span: ReadableSpan): LogLine {
  const { traceId, spanId } = span.spanContext();
  const kind = text(span, ATTR_SPAN_KIND);
  const phase = kind === 'phase' ? span.name : kind === 'operator' ? 'execution' : undefined;
  const operator = text(span, ATTR_OPERATOR_NAME);
  const rows = span.attributes[operatorMetricKey(METRIC_OUTPUT_ROWS)];
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

import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { delivered } from '../exporter/delivery.ts';
import type { ImmediateExporter, ReportProblem } from '../exporter/trace-exporter.ts';
import { stdoutWriter } from '../log-lines/stdout-writer.ts';
import { renderTraceTree } from './render-trace-tree.ts';
import type { TreeSpan } from './tree-span.ts';
import { type GatheredTrace, UnfinishedTraces } from './unfinished-traces.ts';

/** As many as one run makes by default. */
const MAX_HELD_SPANS = 2_000;

/**
 * An exporter that prints each trace as a tree on standard output, for the eyes of whoever runs the program.
 *
 * @param report told of each failed write
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
  return renderTraceTree(spans.map(treeSpan), { title: `trace ${traceId}` });
}

function treeSpan(span: ReadableSpan): TreeSpan {
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    start: nanoseconds(span.startTime),
    end: nanoseconds(span.endTime),
    failed: span.status.code === SpanStatusCode.ERROR,
    attributes: new Map(Object.entries(span.attributes)),
  };
}

function nanoseconds([seconds, nanos]: ReadableSpan['startTime']): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../../test/support/run-program.ts';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import { startTracing } from '../start-tracing.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'planscope-log-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

test('one line for each span: what, when, how long, and where it stands in its trace', async () => {
  const path = join(directory, 'logs', 'spans.log');
  const handle = startTracing(tracingConfig({ exporters: ['log'], log: { path } }), { register: 'never' });
  const tracer = handle.tracerProvider.getTracer('datafusion');
  const start = new Date('2026-01-15T10:30:45.000Z').getTime();
  const phase = tracer.startSpan('optimize_physical_plan', {
    startTime: start,
    attributes: { 'planscope.span.kind': 'phase' },
  });
  const operator = tracer.startSpan(
    'FilterExec',
    {
      startTime: start + 10,
      attributes: {
        'planscope.span.kind': 'operator',
        'planscope.operator.name': 'FilterExec',
        'datafusion.metrics.output_rows': 1523,
        'error.type': 'OutOfMemory',
      },
    },
    trace.setSpan(ROOT_CONTEXT, phase),
  );
  operator.setStatus({ code: SpanStatusCode.ERROR, message: 'not for the log' });
  operator.end(start + 55.6);
  phase.end(start + 123);
  await handle.shutdown();

  const [first, second] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const { traceId, spanId } = phase.spanContext();
  expect(JSON.parse(first ?? '')).toEqual({
    timestamp: '2026-01-15T10:30:45.055Z',
    level: 'ERROR',
    target: 'datafusion',
    span: {
      name: 'FilterExec',
      kind: 'operator',
      phase: 'execution',
      operator: 'FilterExec',
      rows_produced: 1523,
      elapsed_ms: 45.6,
      error: 'OutOfMemory',
    },
    trace_id: traceId,
    span_id: operator.spanContext().spanId,
    parent_span_id: spanId,
  });
  expect(JSON.parse(second ?? '')).toEqual({
    timestamp: '2026-01-15T10:30:45.123Z',
    level: 'INFO',
    target: 'datafusion',
    span: { name: 'optimize_physical_plan', kind: 'phase', phase: 'optimize_physical_plan', elapsed_ms: 123 },
    trace_id: traceId,
    span_id: spanId,
  });
  expect(handle.stats()).toMatchObject([{ exporter: 'log', destination: path, made: 2, exported: 2 }]);
});

test('a file that cannot be written is refused at the start', () => {
  const occupied = join(directory, 'occupied');
  writeFileSync(occupied, '');
  const path = join(occupied, 'spans.log');
  expect(() => startTracing(tracingConfig({ exporters: ['log'], log: { path } }), { register: 'never' })).toThrow(
    /log\.path: cannot write/,
  );
});

test('lines on stdout are complete when the program calls process.exit', async () => {
  const { code, stdout } = await runProgram('make-spans.ts', { ENDING: 'exit', LOG: 'stdout' });
  expect(code).toBe(3);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).span.name)).toEqual(
    Array.from({ length: 10 }, (_, index) => `span ${index}`),
  );
});

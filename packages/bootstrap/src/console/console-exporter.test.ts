import { type Context, context, ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { operatorMetricKey } from '@planscope/semconv';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runProgram } from '../../test/support/run-program.ts';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import type { TracingHandle } from '../handle/tracing-handle.ts';
import { startTracing } from '../start-tracing.ts';

let printed: string;
let handle: TracingHandle;
let tracer: Tracer;

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest: unknown[]) => {
    printed += text;
    for (const written of rest) if (typeof written === 'function') written();
    return true;
  });
  handle = startTracing(tracingConfig({ exporters: ['console'] }), { register: 'never' });
  tracer = handle.tracerProvider.getTracer('test');
});

afterEach(async () => {
  await handle.shutdown();
  vi.restoreAllMocks();
});

const start = new Date('2026-01-15T10:30:45.000Z').getTime();

function withoutIds(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{32}\b/g, '<id>'.padEnd(32));
}

test('a trace is printed when its root has ended, the ones below in order, failures marked', async () => {
  const root = tracer.startSpan('query', { startTime: start, attributes: { 'planscope.timing.basis': 'measured' } });
  const below = trace.setSpan(ROOT_CONTEXT, root);
  const scan = tracer.startSpan(
    'READ_PARQUET',
    {
      startTime: start + 20,
      attributes: {
        'planscope.span.kind': 'operator',
        'planscope.operator.id': '0',
        'planscope.timing.basis': 'execution_window',
        'datafusion.metrics.output_rows': 1_234_567,
        'datafusion.metrics.elapsed_compute': 1_500_000,
        'error.type': 'OutOfMemory',
      },
    },
    below,
  );
  scan.setStatus({ code: SpanStatusCode.ERROR }).end(start + 30);
  const attributes = { 'planscope.span.kind': 'phase', 'planscope.timing.basis': 'engine_duration' };
  tracer.startSpan('optimize_logical_plan', { startTime: start + 25, attributes }, below).end(start + 26);
  await handle.flush();
  expect(printed).toBe('');

  root.end(start + 40.5);
  await handle.flush();
  expect(withoutIds(printed)).toMatchInlineSnapshot(`
    "trace <id>                                duration     compute  share        rows       bytes  times
    query                                     40.50 ms                                             measured
    ├ optimize_logical_plan                    1.00 ms                                             engine_duration
    └ READ_PARQUET                                         1.50 ms  100 %   1,234,567              execution_window !OutOfMemory

    "
  `);
  expect(handle.stats()).toMatchObject([{ exporter: 'console', destination: 'stdout', made: 3, exported: 3 }]);
});

test('a span below one of another process is the root here', async () => {
  const caller = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
  tracer.startSpan('query', {}, trace.setSpanContext(ROOT_CONTEXT, caller)).end();
  await handle.flush();
  expect(printed).toMatch(/^trace a{32} .*\nquery .* ms\n\n$/);
});

test('two queries below one request of another process are printed each by itself', async () => {
  const caller = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
  const request = trace.setSpanContext(ROOT_CONTEXT, caller);
  const [first, second] = [tracer.startSpan('first', {}, request), tracer.startSpan('second', {}, request)];
  for (const query of [first, second]) {
    const scan = tracer.startSpan('scan', {}, trace.setSpan(request, query));
    tracer.startSpan('read', {}, trace.setSpan(request, scan)).end();
    scan.end();
  }
  second.end();
  await handle.flush();
  expect(labels()).toEqual(['second', '└ scan', '  └ read']);
  first.end();
  await handle.flush();
  expect(labels().slice(3)).toEqual(['first', '└ scan', '  └ read']);

  function labels(): string[] {
    const lines = printed.split('\n').filter((line) => line !== '' && !line.startsWith('trace '));
    return lines.map((line) => line.replace(/ {2,}\d.*$/, ''));
  }
});

test('what has no root by then is printed at the end, and before it where too much waits', async () => {
  const traces = Array.from({ length: 3 }, () => trace.setSpan(ROOT_CONTEXT, tracer.startSpan('never ends')));
  const make = (index: number, spans: number): void => {
    for (let span = 0; span < spans; span += 1) tracer.startSpan(`part of ${index}`, {}, traces[index]).end();
  };
  make(0, 1_200);
  await handle.flush();
  make(1, 700);
  await handle.flush();
  expect(printed).toBe('');
  make(2, 700);
  await handle.flush();
  expect(printed.match(/part of 0/g)).toHaveLength(1_200);
  expect(printed).not.toMatch(/part of 1/);
  await handle.shutdown();
  expect(printed.match(/part of [12]/g)).toHaveLength(1_400);
});

test('many short rules that changed nothing share one line', async () => {
  const root = tracer.startSpan('optimize_logical_plan', { startTime: start });
  const below = trace.setSpan(context.active(), root);
  const attributes = { 'planscope.span.kind': 'rule' };
  for (let index = 0; index < 5; index += 1) {
    tracer.startSpan(`rule_${index}`, { startTime: start, attributes }, below).end(start);
  }
  tracer.startSpan('pushdown (modified)', { startTime: start, attributes }, below).end(start);
  root.end(start + 1);
  await handle.flush();
  const labels = printed.split('\n').map((line) => line.slice(0, 23).trimEnd());
  expect(labels.slice(1, 4)).toEqual(['optimize_logical_plan', '├ pushdown (modified)', '└ 5 more rules']);
});

interface Drawn {
  readonly below: Context;
  readonly span: Span;
}

/** An operator as an engine reports it, its description made of fields. */
function operator(below: Context, name: string, node: string, metrics: Record<string, number>): Drawn {
  const numbers = Object.entries(metrics).map(([key, value]) => [operatorMetricKey(key), value]);
  const attributes = {
    'planscope.span.kind': 'operator',
    'planscope.operator.name': name,
    'planscope.operator.id': '0',
    'planscope.timing.basis': 'execution_window',
    'datafusion.node': `${name}: ${node}`,
    ...Object.fromEntries(numbers),
  };
  const span = tracer.startSpan(name, { startTime: start, attributes }, below);
  return { below: trace.setSpan(below, span), span };
}

function read(below: Context, location: string): void {
  const attributes = {
    'planscope.span.kind': 'storage',
    'planscope.timing.basis': 'observed_events',
    'object_store.location': location,
    'object_store.result.bytes': 900,
  };
  tracer.startSpan('duckdb.get_ranges', { startTime: start + 1, attributes }, below).end(start + 2);
}

test('a query shows where its compute time went, what each operator works on, and no projection that does nothing', async () => {
  const root = tracer.startSpan('query', { startTime: start });
  const below = trace.setSpan(ROOT_CONTEXT, root);
  const join = operator(below, 'HASH_JOIN', 'join_type=INNER, join_keys=[a = b, c = d]', {
    estimated_rows: 9_000,
    output_rows: 50,
    elapsed_compute: 200,
  });
  const idle = operator(join.below, 'PROJECTION', 'projections=[#1, f(x, y=2)]', {
    output_rows: 60,
    elapsed_compute: 1,
  });
  const group = operator(idle.below, 'HASH_GROUP_BY', 'group_keys=k, aggregates=[sum(v), min(v)]', {
    output_rows: 60,
    elapsed_compute: 300,
  });
  const fewer = operator(group.below, 'PROJECTION', 'projections=v', { output_rows: 70, elapsed_compute: 1 });
  const costly = operator(fewer.below, 'PROJECTION', 'projections=v', { output_rows: 80, elapsed_compute: 10 });
  const scans = [
    operator(costly.below, 'READ_PARQUET', 'function=READ_PARQUET, files=/data/v.parquet, filter=[v>?1, w=?2]', {
      output_rows: 80,
      elapsed_compute: 400,
    }),
    operator(
      join.below,
      'READ_PARQUET',
      'function=READ_PARQUET, projections=k, files=[/data/v.parquet, /data/w.parquet]',
      {
        output_rows: 70,
        elapsed_compute: 88,
      },
    ),
    operator(join.below, 'DELIM_SCAN', 'delim_index=1', { estimated_rows: 10 }),
  ];
  read(below, '/data/v.parquet');
  read(below, '/data/other.parquet');
  for (const { span } of [...scans, costly, fewer, group, idle, join]) span.end(start + 40);
  root.end(start + 40);
  await handle.flush();
  expect(withoutIds(printed)).toMatchInlineSnapshot(`
    "trace <id>                                         duration     compute  share        rows       bytes  times
    query                                              40.00 ms
    ├ HASH_JOIN                                                     0.00 ms   20 %  9,000 → 50              execution_window  INNER a = b, c = d
    │ ├ READ_PARQUET                                                0.00 ms    9 %          70              execution_window  v.parquet w.parquet
    │ │ └ duckdb.get_ranges v.parquet (for 2 scans)     1.00 ms                                        900  observed_events
    │ ├ DELIM_SCAN                                                                      10 → ?              execution_window  delim_index=1
    │ └ HASH_GROUP_BY                                               0.00 ms ► 30 %          60              execution_window  group_keys=k, aggregates=[sum(v), min(v)]
    │   └ PROJECTION                                                0.00 ms                 70              execution_window  projections=v
    │     └ PROJECTION                                              0.00 ms    1 %          80              execution_window  projections=v
    │       └ READ_PARQUET                                          0.00 ms ► 40 %          80              execution_window  v.parquet, filter=[v>?1, w=?2]
    └ duckdb.get_ranges other.parquet                   1.00 ms                                        900  observed_events
    left out: 1 projection

    "
  `);
});

test('a trace is printed whole when the program calls process.exit', async () => {
  vi.restoreAllMocks();
  const { code, stdout } = await runProgram('make-spans.ts', { ENDING: 'unfinished', LOG: 'console' });
  expect(code).toBe(3);
  expect(stdout.match(/^span \d/gm)).toHaveLength(10);
  expect(stdout).toMatch(/^below the root +\d+\.\d\d ms$/m);
});

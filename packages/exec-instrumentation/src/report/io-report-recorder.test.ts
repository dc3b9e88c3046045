import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type EngineReport, type IoReport, type ReportScope, type RunWarning, SpanBudget } from '@planscope/plan';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitIo, ioReportRecorder } from './io-report-recorder.ts';

const second = 1_000_000_000n;
const at = (seconds: number): string => (1_700_000_000n * second + BigInt(Math.round(seconds * 1e9))).toString();

function read(location: string, bytes: number, more: Partial<IoReport> = {}): IoReport {
  return {
    store: 'duckdb',
    operation: 'get_ranges',
    location,
    bytes,
    requests: 1,
    timing: { basis: 'observed_events', window: { start: at(1), end: at(2) } },
    ...more,
  };
}

function report(io: readonly IoReport[]): EngineReport {
  return { version: 2, engine: { name: 'toy', version: '1' }, status: 'ok', window: { start: at(0), end: at(10) }, io };
}

/** A scope with one operator, drawn from second 1 to 5 of a query from 0 to 10. */
function scene(limit?: number) {
  const recorder = createSpanRecorder();
  const tracer = recorder.tracerProvider.getTracer('scene');
  const warnings: RunWarning[] = [];
  const span = (name: string, from: number, to: number, parent = ROOT_CONTEXT) => {
    const made = tracer.startSpan(name, { startTime: Number(BigInt(at(from)) / 1_000_000n) }, parent);
    made.end(Number(BigInt(at(to)) / 1_000_000n));
    return { otelContext: trace.setSpan(parent, made), window: { start: at(from), end: at(to) } };
  };
  const place = span('query', 0, 10);
  const scope: ReportScope = {
    place,
    stages: new Map(),
    operators: new Map([['scan', span('SCAN', 1, 5, place.otelContext)]]),
    run: { runId: 'run' },
    budget: new SpanBudget(limit),
    warn: (warning) => warnings.push(warning),
  };
  const record = (io: readonly IoReport[], options = {}): void => {
    ioReportRecorder({ tracerProvider: recorder.tracerProvider, ...options })(report(io), scope);
  };
  const storage = () => recorder.spans().filter((made) => made.attributes['planscope.span.kind'] === 'storage');
  return { recorder, scope, warnings, record, storage };
}

describe('ioReportRecorder', () => {
  it('draws reads under their operator, and others under the query', () => {
    const { recorder, record, storage } = scene();
    record([
      read('/data/a.parquet', 300, {
        operatorId: 'scan',
        ranges: [
          [0, 100],
          ['100', '300'],
        ],
        requests: 2,
      }),
      read('s3://key:secret@bucket/b.parquet?X-Amz-Signature=secret', 5, { operatorId: 'unknown' }),
      read('/out.parquet', 7, { operation: 'put' }),
    ]);
    expect(
      renderSpanTree(recorder.spans(), { attributes: ['object_store.*', 'planscope.operator.id'] }),
    ).toMatchInlineSnapshot(`
      "query
        SCAN
          duckdb.get_ranges ~observed_events object_store.location=/data/a.parquet object_store.name=duckdb object_store.operation=get_ranges object_store.ranges=0-100,100-300 object_store.request_count=2 object_store.result.bytes=300 planscope.operator.id=scan
        duckdb.get_ranges ~observed_events object_store.location=s3://bucket/b.parquet?… object_store.name=duckdb object_store.operation=get_ranges object_store.request_count=1 object_store.result.bytes=5 planscope.operator.id=unknown
        duckdb.put ~observed_events object_store.content_length=7 object_store.location=/out.parquet object_store.name=duckdb object_store.operation=put object_store.request_count=1"
    `);
    assertTraceInvariants(storage(), { secrets: ['secret'] });
  });

  it('moves times into the parent and marks them', () => {
    const { record, storage } = scene();
    record([
      read('/late', 1, { operatorId: 'scan', timing: { basis: 'measured', window: { start: at(4), end: at(9) } } }),
    ]);
    const [late] = storage();
    expect(late?.attributes).toMatchObject({ 'planscope.timing.clamped': true, 'planscope.timing.basis': 'measured' });
    expect(late?.endTime).toEqual([1_700_000_005, 0]);
  });

  it('never claims a better basis of times than the report', () => {
    const { record, storage } = scene();
    const timings: IoReport['timing'][] = [
      { basis: 'engine_duration', duration: second.toString() },
      { basis: 'measured', duration: second.toString() },
      { basis: 'measured' },
      { basis: 'proportional', duration: second.toString() },
    ];
    record(timings.map((timing, index) => read(`/${index}`, 1, { operatorId: 'scan', timing })));
    expect(
      storage().map(({ attributes, endTime }) => [attributes['planscope.timing.basis'], endTime[0] - 1_700_000_000]),
    ).toEqual([
      ['engine_duration', 2],
      ['engine_duration', 2],
      ['execution_window', 5],
      ['proportional', 2],
    ]);
  });

  it('merges entries beyond the limits, first for a location, then over locations', () => {
    const { record, storage } = scene();
    const measured = { basis: 'measured', window: { start: at(1), end: at(2) } } as const;
    record(
      [1, 2, 3, 4, 5].map((bytes) => read('/same', bytes, { timing: measured })),
      { maxSpansPerLocation: 2 },
    );
    expect(storage().map(({ attributes }) => attributes)).toMatchObject([
      { 'object_store.result.bytes': 5, 'object_store.request_count': 1, 'planscope.timing.basis': 'measured' },
      { 'object_store.result.bytes': 10, 'object_store.request_count': 4, 'planscope.timing.basis': 'observed_events' },
    ]);
    const other = scene();
    other.record(
      [1, 2, 3, 4].map((bytes) => read(`/${bytes}`, bytes)),
      { maxSpans: 2 },
    );
    expect(other.storage().map(({ attributes }) => attributes)).toMatchObject([
      { 'object_store.location': '/4', 'object_store.result.bytes': 4 },
      { 'object_store.location': '3 other locations', 'object_store.result.bytes': 6 },
    ]);
  });

  it('merges entries to fit the budget, and warns of those without a span', () => {
    const { record, storage, scope, warnings } = scene(2);
    record([1, 2, 3, 4].map((bytes) => read(`/${bytes}`, bytes)));
    expect(storage().map(({ attributes }) => attributes['object_store.result.bytes'])).toEqual([4, 6]);
    expect([scope.budget.dropped, warnings]).toEqual([0, []]);
    record([read('/5', 5)]);
    expect(scope.budget.dropped).toBe(1);
    expect(warnings).toEqual([
      {
        code: 'io-spans-dropped',
        message: 'the span budget left no room for reads and writes of 5 bytes in 1 requests; raise it to see them',
      },
    ]);
  });

  it('does not draw entries that are disabled by name, and keeps the budget for the rest', () => {
    const { scope, record, storage } = scene(1);
    const isEnabled = (name: string): boolean => name !== 'duckdb.get_ranges';
    record([read('/a.parquet', 1), read('/b.parquet', 2), read('/out.parquet', 7, { operation: 'put' })], {
      isEnabled,
    });
    expect(storage().map(({ name }) => name)).toEqual(['duckdb.put']);
    expect(scope.budget.dropped).toBe(0);
  });

  it('warns and continues when a report cannot be drawn', () => {
    const { record, warnings } = scene();
    record([read('/x', 1, { timing: { basis: 'measured', window: { start: 'no number', end: '1' } } })]);
    expect(warnings.map(({ code }) => code)).toEqual(['recorder-failed']);
  });

  it('refuses invalid limits', () => {
    expect(() => ioReportRecorder({ maxSpans: 0 })).toThrow('option maxSpans is 0; should be a whole number from 1 up');
  });
});

describe('fitIo', () => {
  it('respects the limits and loses no byte and no request', () => {
    const entries = fc.array(
      fc.record({
        operation: fc.constantFrom('get', 'put'),
        location: fc.constantFrom('/a', '/b', '/c', '/d'),
        bytes: fc.nat(),
        requests: fc.nat(9),
        operatorId: fc.constantFrom('1', '2'),
      }),
    );
    const limits = fc.record({
      perLocation: fc.integer({ min: 1, max: 4 }),
      perOperation: fc.integer({ min: 1, max: 6 }),
    });
    const sums = (io: readonly IoReport[]) => [
      io.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n),
      io.reduce((sum, { requests }) => sum + requests, 0),
    ];
    fc.assert(
      fc.property(entries, limits, fc.nat(30), (shapes, limit, room) => {
        const io = shapes.map((shape) => read(shape.location, shape.bytes, shape));
        const { drawn, left } = fitIo(io, limit, room);
        expect(sums([...drawn, ...left])).toEqual(sums(io));
        expect(drawn.length).toBeLessThanOrEqual(room);
        const kinds = new Set(shapes.map(({ operatorId, operation }) => operatorId + operation)).size;
        if (room >= kinds) expect(left).toEqual([]);
      }),
    );
  });
});

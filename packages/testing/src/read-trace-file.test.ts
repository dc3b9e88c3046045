import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSpanRecorder, type FileSpan, readTraceFile, spanForest } from './index.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'planscope-testing-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function read(...lines: readonly string[]): FileSpan[] {
  const path = join(folder, 'traces.jsonl');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return readTraceFile(path);
}

/** A request as the OTLP exporters of OpenTelemetry encode it. */
function encoded(spans: readonly ReadableSpan[]): string {
  return new TextDecoder().decode(JsonTraceSerializer.serializeRequest([...spans]));
}

const ids = { traceId: '0A'.repeat(16), spanId: '0B'.repeat(8) };

const request = (span: object): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, ...span }] }] }] });

it('reads back what the encoder of OpenTelemetry writes', () => {
  const recorder = createSpanRecorder();
  const tracer = recorder.tracerProvider.getTracer('shop', '1.2.3');
  const root = tracer.startSpan('checkout', { startTime: [1_700_000_000, 123_456_789] });
  const attributes = { text: 'a', whole: 3, part: 0.5, yes: false, list: ['a', 'b'], large: 2 ** 60 };
  const under = trace.setSpan(context.active(), root);
  const links = [{ context: root.spanContext(), attributes: { why: 'retry' } }];
  const charge = tracer.startSpan('charge', { attributes, links, startTime: [1_700_000_000, 200_000_001] }, under);
  charge.addEvent('asked', { bank: 'first' }, [1_700_000_000, 300_000_002]);
  charge.setStatus({ code: SpanStatusCode.ERROR, message: 'refused' }).end([1_700_000_001, 1]);
  root.end([1_700_000_002, 2]);

  const [first, second] = [root, charge].map((span) => span.spanContext());
  expect(read(encoded(recorder.spans()))).toEqual([
    {
      traceId: first?.traceId,
      spanId: second?.spanId,
      parentSpanId: first?.spanId,
      hasRemoteParent: false,
      name: 'charge',
      kind: 'internal',
      start: 1_700_000_000_200_000_001n,
      end: 1_700_000_001_000_000_001n,
      status: 'error',
      failed: true,
      statusMessage: 'refused',
      attributes: new Map<string, unknown>(Object.entries(attributes)).set('large', 2n ** 60n),
      events: [{ name: 'asked', time: 1_700_000_000_300_000_002n, attributes: new Map([['bank', 'first']]) }],
      links: [{ traceId: first?.traceId, spanId: first?.spanId, attributes: new Map([['why', 'retry']]) }],
      scope: { name: 'shop', version: '1.2.3' },
      resource: expect.any(Map),
    },
    expect.objectContaining({ name: 'checkout', parentSpanId: undefined, failed: false, statusMessage: '' }),
  ]);
});

it('reads every line, and spans of several traces', () => {
  const recorder = createSpanRecorder();
  const tracer = recorder.tracerProvider.getTracer('test');
  for (const name of ['first', 'second', 'third']) tracer.startSpan(name).end();
  const spans = read(encoded(recorder.spans().slice(0, 2)), '', encoded(recorder.spans().slice(2)));
  expect(spans.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
});

it('takes what a writer leaves out for the default of its field', () => {
  expect(read(request({}))).toEqual([
    {
      traceId: '0a'.repeat(16),
      spanId: '0b'.repeat(8),
      parentSpanId: undefined,
      hasRemoteParent: undefined,
      name: '',
      kind: 'internal',
      start: 0n,
      end: 0n,
      status: 'unset',
      failed: false,
      statusMessage: '',
      attributes: new Map(),
      events: [],
      links: [],
      scope: { name: '', version: '' },
      resource: new Map(),
    },
  ]);
  expect(read('{}', JSON.stringify({ resourceSpans: [{}, { scopeSpans: [{}] }] }))).toEqual([]);
});

it.each([
  [{ intValue: '7' }, 7],
  [{ intValue: 7 }, 7],
  [{ intValue: '9007199254740993' }, 9_007_199_254_740_993n],
  [{ intValue: '-9223372036854775808' }, -(2n ** 63n)],
  [{ stringValue: '' }, ''],
  [{ bytesValue: 'AQI=' }, Uint8Array.of(1, 2)],
  [{ arrayValue: {} }, []],
  [{ arrayValue: { values: [{ boolValue: true }, { arrayValue: { values: [{ doubleValue: 0 }] } }] } }, [true, [0]]],
  [{ kvlistValue: { values: [{ key: 'a', value: { intValue: '1' } }] } }, new Map([['a', 1]])],
  [{}, undefined],
  [undefined, undefined],
])('reads the attribute value %j', (value, expected) => {
  const [span] = read(request({ attributes: [{ key: 'key', value }] }));
  expect([...(span?.attributes ?? [])]).toEqual([['key', expected]]);
});

it('skips lines of metrics and logs', () => {
  expect(read('{"resourceMetrics":[{}]}', request({ name: 'a' }), '{"resourceLogs":[{}]}')).toHaveLength(1);
});

it('names the line of a file that was cut off', () => {
  const line = request({});
  expect(() => read(line, line.slice(0, 40))).toThrow(/^\[planscope\/testing\] line 2 of .*traces\.jsonl is not JSON/);
});

it('names the line of a span that has no ids', () => {
  expect(() => read(request({}), request({ spanId: '' }))).toThrow(
    /^\[planscope\/testing\] line 2 of .*traces\.jsonl: a span has no valid traceId and spanId$/,
  );
});

it('reads spans that the forest puts in the order of their starts', () => {
  const recorder = createSpanRecorder();
  const tracer = recorder.tracerProvider.getTracer('test');
  const root = tracer.startSpan('root', { startTime: [10, 0] });
  const under = trace.setSpan(context.active(), root);
  tracer.startSpan('later', { startTime: [10, 2] }, under).end([11, 0]);
  tracer.startSpan('earlier', { startTime: [10, 1] }, under).end([11, 0]);
  root.end([12, 0]);
  const forest = spanForest(read(encoded(recorder.spans())));
  expect(forest.map(({ span, children }) => [span.name, ...children.map((child) => child.span.name)])).toEqual([
    ['root', 'earlier', 'later'],
  ]);
});

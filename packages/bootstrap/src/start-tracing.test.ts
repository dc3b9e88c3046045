import { context, type Tracer, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { resolveTracingConfig, type TracingConfigInput } from '@planscope/config';
import { addRunningQueries } from '@planscope/semconv';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type OtlpReceiver, startReceiver } from '../test/support/otlp-receiver.ts';
import { tracingConfig } from '../test/support/tracing-config.ts';
import type { TracingHandle } from './handle/tracing-handle.ts';
import { startTracing, type TracingOptions } from './start-tracing.ts';

let receiver: OtlpReceiver;
let handles: TracingHandle[];
let warnings: string[];

beforeEach(async () => {
  receiver = await startReceiver();
  handles = [];
  warnings = [];
});

afterEach(async () => {
  await Promise.all(handles.map((handle) => handle.shutdown(100)));
  trace.disable();
  context.disable();
  await receiver.stop();
});

function start(config: TracingConfigInput = {}, options: TracingOptions = {}): TracingHandle {
  const handle = startTracing(tracingConfig({ otlp: { endpoint: receiver.httpUrl }, ...config }), {
    warn: (message) => warnings.push(message),
    ...options,
  });
  handles.push(handle);
  return handle;
}

function makeSpans(tracer: Tracer, count: number): void {
  for (let index = 0; index < count; index += 1) tracer.startSpan(`span ${index}`).end();
}

test('spans of the global API reach a receiver, with resource, nesting and attributes', async () => {
  const handle = start({ serviceName: 'shop', resourceAttributes: { team: 'data' } });
  expect(handle).toMatchObject({ existing: false, registered: true });

  const tracer = trace.getTracer('test', '1.2.3');
  await tracer.startActiveSpan('parent', { attributes: { rows: 3, ratio: 0.5, cached: true } }, async (parent) => {
    await Promise.resolve();
    tracer.startSpan('child').end();
    parent.end();
  });
  await handle.shutdown();

  expect(receiver.requests).toMatchObject([{ path: '/v1/traces', transport: 'http' }]);
  expect(receiver.traces()[0]?.resourceSpans[0]?.resource.attributes).toMatchObject({
    'service.name': 'shop',
    team: 'data',
    'telemetry.sdk.language': 'nodejs',
  });
  const [child, parent] = receiver.spans();
  expect(child).toMatchObject({ name: 'child', traceId: parent?.traceId, parentSpanId: parent?.spanId });
  expect(parent).toMatchObject({ name: 'parent', attributes: { rows: 3, ratio: 0.5, cached: true } });
  expect(handle.stats()).toEqual([
    {
      exporter: 'otlp',
      destination: `${receiver.httpUrl}/v1/traces`,
      transport: 'http/protobuf',
      confirmedBy: 'destination',
      made: 2,
      exported: 2,
      unconfirmed: 0,
      dropped: 0,
      droppedByReason: {},
      unknown: 0,
      pending: 0,
    },
  ]);
  expect(warnings).toEqual([]);
});

test('every handle lists what engines run, the longest first', async () => {
  const query = { engine: 'duckdb', summary: 'SELECT sales', operation: 'SELECT' };
  const [short, long] = [0.1, 2].map((seconds) => ({ ...query, seconds }));
  addRunningQueries(Symbol('first engine'), () => (short ? [short] : []));
  addRunningQueries(Symbol('second engine'), () => (long ? [long] : []));
  const own = start();
  const handles = [own, start(), start({ exporters: [] })];
  for (const handle of handles) expect(handle.running()).toEqual([long, short]);
});

test('http/json reaches the same receiver', async () => {
  const handle = start({ otlp: { endpoint: receiver.httpUrl, protocol: 'http/json' } });
  makeSpans(trace.getTracer('test'), 3);
  await handle.shutdown();
  expect(receiver.requests[0]?.headers['content-type']).toBe('application/json');
  expect(receiver.spans().map(({ name }) => name)).toEqual(['span 0', 'span 1', 'span 2']);
});

test('headers of the configuration go with each request', async () => {
  const handle = start({ otlp: { endpoint: receiver.httpUrl, headers: { 'x-api-key': 'k1' } } });
  makeSpans(trace.getTracer('test'), 1);
  await handle.shutdown();
  expect(receiver.requests[0]?.headers).toMatchObject({
    'x-api-key': 'k1',
    'user-agent': expect.stringMatching(/^@planscope\/bootstrap\/\d/),
  });
});

test('off means off: no span, nothing registered, nothing to flush', async () => {
  const handle = start({ enabled: false });
  expect(handle.tracerProvider.getTracer('test').startSpan('x').isRecording()).toBe(false);
  expect(trace.getTracer('test').startSpan('x').isRecording()).toBe(false);
  expect(await handle.flush()).toEqual({ complete: true, pending: 0 });
  expect(handle.stats()).toEqual([]);
});

test('an SDK that the program has registered is used, said so, flushed and left running', async () => {
  const calls: string[] = [];
  const own = new BasicTracerProvider();
  own.forceFlush = async () => void calls.push('forceFlush');
  own.shutdown = async () => void calls.push('shutdown');
  trace.setGlobalTracerProvider(own);

  const handle = start();
  expect(handle).toMatchObject({ existing: true, registered: false });
  expect(handle.tracerProvider).toBe(own);
  expect(warnings).toEqual([expect.stringMatching(/already registered an OpenTelemetry SDK \(BasicTracerProvider\)/)]);
  expect(await handle.flush()).toEqual({ complete: true });
  await handle.shutdown();
  expect(calls).toEqual(['forceFlush', 'forceFlush']);
  expect(handle.stats()).toEqual([]);
  expect(trace.getTracer('test').startSpan('x').isRecording()).toBe(true);
});

test('tracing that is started twice goes on as it was started first', async () => {
  const first = start({ serviceName: 'first' });
  const second = start({ serviceName: 'second' });
  expect(second).toMatchObject({ existing: true, registered: false });
  expect(warnings).toEqual([expect.stringMatching(/started before in this process/)]);
  makeSpans(second.tracerProvider.getTracer('test'), 2);
  await second.shutdown();
  expect(receiver.spans()).toHaveLength(2);
  makeSpans(trace.getTracer('test'), 1);
  await first.shutdown();
  expect(receiver.traces()[1]?.resourceSpans[0]?.resource.attributes).toMatchObject({ 'service.name': 'first' });
  expect(second.stats()).toMatchObject([{ made: 3, exported: 3 }]);
});

test('an SDK whose flush fails or hangs is waited for no longer than the deadline', async () => {
  const own = new BasicTracerProvider();
  trace.setGlobalTracerProvider(own);
  const handle = start();
  own.forceFlush = () => {
    throw new Error('not today');
  };
  expect(await handle.flush(1_000)).toEqual({ complete: true });
  own.forceFlush = () => new Promise(() => {});
  expect(await handle.flush(20)).toEqual({ complete: false });
  await handle.shutdown(20);
});

test('a pipeline that stands alone exports only what its own provider makes', async () => {
  const handle = start({}, { register: 'never' });
  expect(handle.registered).toBe(false);
  makeSpans(trace.getTracer('test'), 5);
  makeSpans(handle.tracerProvider.getTracer('test'), 2);
  await handle.shutdown();
  expect(receiver.spans()).toHaveLength(2);
});

test('shutdown takes back what was registered, so that tracing can start again', async () => {
  const before = { exit: process.listenerCount('exit'), beforeExit: process.listenerCount('beforeExit') };
  const first = start();
  expect(process.listenerCount('exit')).toBe(before.exit + 1);
  await first.shutdown();
  expect({ exit: process.listenerCount('exit'), beforeExit: process.listenerCount('beforeExit') }).toEqual(before);
  expect(trace.getTracer('test').startSpan('x').isRecording()).toBe(false);

  const second = start();
  expect(second.registered).toBe(true);
  makeSpans(trace.getTracer('test'), 1);
  await second.shutdown();
  expect(receiver.spans()).toHaveLength(1);
});

test('another version of the API that was first is noticed and explained', async () => {
  const key = Symbol.for('opentelemetry.js.api.1');
  const registry = globalThis as { [key]?: unknown };
  const before = registry[key];
  try {
    for (const first of [{ version: '1.8.0' }, { version: '1.8.0', trace: new BasicTracerProvider() }]) {
      warnings = [];
      registry[key] = first;
      const handle = start();
      expect(handle).toMatchObject({ existing: false, registered: false });
      expect(warnings).toEqual([expect.stringMatching(/version 1\.8\.0.*npm ls @opentelemetry\/api/)]);
      makeSpans(handle.tracerProvider.getTracer('test'), 1);
      await handle.shutdown();
    }
    expect(receiver.spans()).toHaveLength(2);
  } finally {
    registry[key] = before;
  }
});

test('spans that end after shutdown are counted', async () => {
  const handle = start();
  const late = trace.getTracer('test').startSpan('late');
  await handle.shutdown();
  late.end();
  expect(handle.stats()[0]).toMatchObject({ made: 1, dropped: 1, droppedByReason: { after_shutdown: 1 } });
});

test('only slow queries leave where that is asked for, to every exporter, and the others are no loss to report', async () => {
  const handle = start({ exportPolicy: { slowQuery: { thresholdMillis: 1_000 } } });
  const tracer = trace.getTracer('test');
  const now = Date.now();
  for (const millis of [10, 2_000]) {
    const options = {
      startTime: now,
      attributes: { 'planscope.span.kind': 'query', 'planscope.timing.basis': 'measured' },
    };
    tracer.startSpan(`query of ${millis} ms`, options).end(now + millis);
  }
  await handle.shutdown();
  expect(receiver.spans().map(({ name }) => name)).toEqual(['query of 2000 ms']);
  expect(handle.stats()).toMatchObject([{ made: 2, exported: 1, dropped: 1, droppedByReason: { fast_query: 1 } }]);
  expect(warnings).toEqual([]);
});

test('under an SDK of the program slow queries cannot be told apart, which is said', async () => {
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  const handle = start({ exportPolicy: { slowQuery: { thresholdMillis: 1_000 } } });
  expect(warnings).toEqual([
    expect.stringContaining('already registered an OpenTelemetry SDK'),
    expect.stringMatching(/exportPolicy\.slowQuery is not available under that SDK/),
  ]);
  await handle.shutdown();
});

test('the limits of a span are those of the configuration', async () => {
  const one = { attributeCount: 1, eventCount: 1, linkCount: 1, attributePerEventCount: 1, attributePerLinkCount: 1 };
  const handle = start({ spanLimits: one });
  const tracer = trace.getTracer('test');
  const many = { a: 1, b: 2 };
  const link = { context: tracer.startSpan('other').spanContext(), attributes: many };
  const span = tracer.startSpan('limited', { attributes: many, links: [link, link] });
  span.addEvent('first', many).addEvent('second', many).end();
  const { attributes, events, links } = span as unknown as ReadableSpan;
  expect({ attributes, events, links }).toMatchObject({
    attributes: { a: 1 },
    events: [{ name: 'second', attributes: { a: 1 } }],
    links: [{ attributes: { a: 1 } }],
  });
  expect([attributes, events[0]?.attributes, links[0]?.attributes].map((kept) => Object.keys(kept ?? {}))).toEqual([
    ['a'],
    ['a'],
    ['a'],
  ]);
  await handle.shutdown();
});

test('an endpoint that is taken as it is gets no path', async () => {
  const { config } = resolveTracingConfig({ environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.httpUrl } });
  const handle = startTracing(config, { register: 'never', warn: (message) => warnings.push(message) });
  handles.push(handle);
  expect(handle.stats()[0]?.destination).toBe(`${receiver.httpUrl}/`);
});

test('a sampled-out trace is not counted and not sent', async () => {
  const handle = start({ exportPolicy: { sampler: 'always_off' } });
  makeSpans(trace.getTracer('test'), 3);
  await handle.shutdown();
  expect(handle.stats()[0]?.made).toBe(0);
  expect(receiver.requests).toEqual([]);
});

describe('OTEL_CONFIG_FILE', () => {
  beforeEach(() => vi.stubEnv('OTEL_CONFIG_FILE', 'otel.yaml'));
  afterEach(() => vi.unstubAllEnvs());

  test('is refused for a pipeline that would be registered, and nothing is registered', () => {
    expect(() => start()).toThrow(
      expect.objectContaining({
        code: 'unsupported-config-file',
        message: expect.stringContaining('OTEL_CONFIG_FILE: the file "otel.yaml" is not read'),
      }),
    );
    expect(trace.getTracer('test').startSpan('span').isRecording()).toBe(false);
  });

  test('is left to the SDK that is registered', async () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    expect(start().existing).toBe(true);
  });

  test('does not concern a pipeline beside the global one, tracing that is off, or an empty value', async () => {
    const { config } = resolveTracingConfig({ environment: {}, explicit: { exporters: [] } });
    await startTracing(config, { register: 'never' }).shutdown();
    await startTracing({ ...config, enabled: false }).shutdown();
    vi.stubEnv('OTEL_CONFIG_FILE', '');
    await startTracing(config).shutdown();
  });
});

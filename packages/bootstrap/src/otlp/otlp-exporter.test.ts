import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { context, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { TracingConfigInput } from '@planscope/config';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closedPort, freePort } from '../../test/support/closed-port.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../test/support/fault-proxy.ts';
import { type OtlpReceiver, startReceiver } from '../../test/support/otlp-receiver.ts';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import { BootstrapError } from '../bootstrap-error.ts';
import type { TracingHandle } from '../handle/tracing-handle.ts';
import { startTracing } from '../start-tracing.ts';

const plainRequest = http.request;

let receiver: OtlpReceiver;
let proxies: FaultProxy[];
let handles: TracingHandle[];
let warnings: string[];

beforeEach(async () => {
  receiver = await startReceiver();
  proxies = [];
  handles = [];
  warnings = [];
});

afterEach(async () => {
  await Promise.all(handles.map((handle) => handle.shutdown(0)));
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  await receiver.stop();
});

interface Started {
  readonly handle: TracingHandle;
  readonly tracer: Tracer;
}

function start(endpoint: string, config: TracingConfigInput = {}): Started {
  const handle = startTracing(tracingConfig({ ...config, otlp: { ...config.otlp, endpoint } }), {
    register: 'never',
    warn: (message) => warnings.push(message),
  });
  handles.push(handle);
  return { handle, tracer: handle.tracerProvider.getTracer('test') };
}

async function behind(faultOf: (request: number, body: Buffer) => Fault): Promise<FaultProxy> {
  const proxy = await startFaultProxy(receiver.httpUrl, faultOf);
  proxies.push(proxy);
  return proxy;
}

function make(tracer: Tracer, count: number, attributes: Record<string, string> = {}): void {
  for (let index = 0; index < count; index += 1) tracer.startSpan(`span ${index}`, { attributes }).end();
}

/** Each distinct span that arrived; a retry may have brought one twice. */
function arrived(): number {
  return new Set(receiver.spans().map(({ spanId }) => spanId)).size;
}

describe.each(['http/protobuf', 'http/json'] as const)('%s', (protocol) => {
  test.each(['none', 'gzip'] as const)('compression %s', async (compression) => {
    const proxy = await behind(() => 'pass');
    const { handle, tracer } = start(proxy.url, { otlp: { protocol, compression } });
    make(tracer, 700);
    await handle.shutdown();
    expect(arrived()).toBe(700);
    expect(receiver.requests).toHaveLength(2);
    expect(handle.stats()[0]).toMatchObject({ made: 700, exported: 700 });
  });

  test('partial success: what the receiver rejected is counted and said', async () => {
    const body =
      protocol === 'http/json'
        ? JSON.stringify({ partialSuccess: { rejectedSpans: '2', errorMessage: 'no quota' } })
        : Buffer.concat([Buffer.from([0x0a, 12, 0x08, 2, 0x12, 8]), Buffer.from('no quota')]);
    const proxy = await behind(() => ({ status: 200, body }));
    const { handle, tracer } = start(proxy.url, { otlp: { protocol } });
    make(tracer, 5);
    await handle.shutdown();
    expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 3, droppedByReason: { rejected: 2 } });
    expect(warnings[0]).toMatch(/rejected 2 spans: "no quota"/);
  });

  test('an answer that no receiver gives leaves the batch unknown', async () => {
    const proxy = await behind(() => ({ status: 200, body: '<html><p>Welcome to the shop</p></html>' }));
    const { handle, tracer } = start(proxy.url, { otlp: { protocol } });
    make(tracer, 5);
    await handle.shutdown();
    expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 0, dropped: 0, unknown: 5 });
    expect(warnings[0]).toMatch(/no OTLP receiver.*Welcome to the shop.*check otlp\.endpoint/);
    expect(proxy.times).toHaveLength(1);
  });
});

test('503 with Retry-After is waited for, and nothing is lost', async () => {
  const proxy = await behind((request) => (request === 0 ? { status: 503, headers: { 'retry-after': '1' } } : 'pass'));
  const { handle, tracer } = start(proxy.url);
  make(tracer, 5);
  expect(await handle.flush(10_000)).toEqual({ complete: true, pending: 0 });
  const [first = 0, second = 0] = proxy.times;
  expect(second - first).toBeGreaterThanOrEqual(990);
  expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 5 });
  expect(warnings).toEqual([expect.stringMatching(/asks to try later \(HTTP 503\)/)]);
});

test('what a receiver asks to wait does not use up the time of a batch', async () => {
  const proxy = await behind((request) => (request === 0 ? { status: 429, headers: { 'retry-after': '1' } } : 'pass'));
  const { handle, tracer } = start(proxy.url, { exportPolicy: { exportTimeoutMillis: 400 } });
  make(tracer, 5);
  await handle.flush(10_000);
  expect(handle.stats()[0]).toMatchObject({ exported: 5, dropped: 0 });
});

test('Retry-After of a day costs one batch: it is said, and the next one is sent', async () => {
  const day = { status: 429, headers: { 'retry-after': '86400' } };
  const proxy = await behind((request) => (request === 0 ? day : 'pass'));
  const { handle, tracer } = start(proxy.url);
  make(tracer, 5);
  expect(await handle.flush(10_000)).toEqual({ complete: true, pending: 0 });
  make(tracer, 3);
  expect(await handle.flush(10_000)).toEqual({ complete: true, pending: 0 });
  expect(handle.stats()[0]).toMatchObject({ made: 8, exported: 3, droppedByReason: { unavailable: 5 }, unknown: 0 });
  expect(arrived()).toBe(3);
  expect(warnings).toEqual([
    expect.stringMatching(/later \(HTTP 429\), in 86400 s; a batch does not wait that long and is given up/),
  ]);
});

test('a receiver that stays unavailable costs the batch once its time is up', async () => {
  const proxy = await behind(() => ({ status: 503 }));
  const { handle, tracer } = start(proxy.url, { exportPolicy: { exportTimeoutMillis: 900 } });
  make(tracer, 5);
  await handle.flush(10_000);
  expect(proxy.times.length).toBeGreaterThan(1);
  expect(handle.stats()[0]).toMatchObject({ made: 5, dropped: 5, droppedByReason: { unavailable: 5 }, unknown: 0 });
});

test('a gateway that fails and a connection cut after sending leave the batch unknown', async () => {
  for (const fault of [{ status: 504 }, 'cut-after'] as const) {
    const proxy = await behind(() => fault);
    const { handle, tracer } = start(proxy.url, { exportPolicy: { exportTimeoutMillis: 300 } });
    make(tracer, 5);
    await handle.flush(10_000);
    expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 0, dropped: 0, unknown: 5, pending: 0 });
  }
  expect(arrived()).toBe(5);
});

test('a connection cut once is tried again, and each span is counted once', async () => {
  for (const fault of ['cut-before', 'cut-after'] as const) {
    const proxy = await behind((request) => (request === 0 ? fault : 'pass'));
    const { handle, tracer } = start(proxy.url);
    make(tracer, 5);
    await handle.flush(10_000);
    expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 5, unknown: 0 });
  }
  expect(arrived()).toBe(10);
});

test('a receiver that does not answer is given up after the time of one request, and tried again', async () => {
  const proxy = await behind((request) => (request === 0 ? 'stall' : 'pass'));
  const { handle, tracer } = start(proxy.url, { otlp: { timeoutMillis: 200 } });
  make(tracer, 5);
  await handle.flush(10_000);
  expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 5 });
  expect(warnings).toEqual([expect.stringMatching(/no answer within 200 ms/)]);
});

test('413: the batch is halved until it fits, and only a span too large by itself is lost', async () => {
  const proxy = await behind((_, body) => (body.length > 3_000 ? { status: 413 } : 'pass'));
  const { handle, tracer } = start(proxy.url);
  make(tracer, 20, { plan: 'x'.repeat(500) });
  make(tracer, 1, { plan: randomBytes(4_000).toString('hex') });
  await handle.flush(10_000);
  expect(handle.stats()[0]).toMatchObject({ made: 21, exported: 20, droppedByReason: { too_large: 1 } });
  expect(arrived()).toBe(20);
});

test.each([
  [{ status: 404 }, /nothing at this path; the usual path is \/v1\/traces \(HTTP 404\)/],
  [{ status: 401 }, /wants credentials; set otlp\.headers \(HTTP 401\)/],
  [{ status: 400 }, /check that otlp\.protocol is what this endpoint speaks \(HTTP 400\)/],
  [{ status: 307, headers: { location: 'http://elsewhere/' } }, /redirects to http:\/\/elsewhere\/.*otlp\.endpoint/],
  [{ status: 500, body: 'disk \u0007 full' }, /it answered "disk {3}full" \(HTTP 500\)/],
] satisfies [Fault, RegExp][])('%j is final, said once in plain words, and counted', async (fault, message) => {
  const proxy = await behind(() => fault);
  const { handle, tracer } = start(proxy.url, { exportPolicy: { maxExportBatchSize: 2 } });
  make(tracer, 6);
  await handle.shutdown();
  expect(proxy.times).toHaveLength(3);
  expect(handle.stats()[0]).toMatchObject({ made: 6, droppedByReason: { rejected: 6 } });
  expect(warnings).toEqual([
    expect.stringMatching(message),
    expect.stringMatching(/0 of 6 spans arrived; 6 dropped as rejected/),
  ]);
});

test('collector down: the first failure is said, shutdown ends at its deadline and never rejects', async () => {
  const endpoint = `http://127.0.0.1:${await closedPort()}`;
  const { handle, tracer } = start(endpoint, { exportPolicy: { maxQueueSize: 10, maxExportBatchSize: 10 } });
  make(tracer, 25);
  const before = performance.now();
  await handle.shutdown(300);
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(handle.stats()[0]).toMatchObject({
    made: 25,
    exported: 0,
    droppedByReason: { queue_full: 15, deadline: 10 },
    unknown: 0,
    pending: 0,
  });
  expect(warnings).toEqual([
    expect.stringContaining(`${endpoint}/v1/traces): nothing listens there; start a collector or set otlp.endpoint`),
    expect.stringMatching(/0 of 25 spans arrived; 15 dropped as queue_full \(.*raise exportPolicy\.maxQueueSize/),
  ]);
});

test('a collector that comes back in time gets everything', async () => {
  const port = await freePort();
  const { handle, tracer } = start(`http://127.0.0.1:${port}`);
  make(tracer, 5);
  const flush = handle.flush(10_000);
  await expect.poll(() => warnings.length).toBe(1);
  const late = await startFaultProxy(receiver.httpUrl, () => 'pass', { port });
  proxies.push(late);
  expect(await flush).toEqual({ complete: true, pending: 0 });
  expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 5 });
});

test('HTTPS towards a plain port is final and explained', async () => {
  const proxy = await behind(() => 'pass');
  const { handle, tracer } = start(proxy.url.replace('http:', 'https:'));
  make(tracer, 2);
  await handle.shutdown();
  expect(handle.stats()[0]).toMatchObject({ droppedByReason: { unreachable: 2 }, unknown: 0 });
  expect(warnings[0]).toMatch(/does not speak TLS; use http:\/\//);
});

test('an instrumented HTTP client sees neither a span of the program nor leave to make one', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const seen: unknown[] = [];
  const request = vi.spyOn(http, 'request').mockImplementation((...parameters: unknown[]) => {
    const active = context.active();
    seen.push({ suppressed: isTracingSuppressed(active), span: trace.getSpan(active) });
    return Reflect.apply(plainRequest, http, parameters);
  });
  try {
    const { handle, tracer } = start(receiver.httpUrl, { exportPolicy: { maxExportBatchSize: 2 } });
    await tracer.startActiveSpan('of the program', async (span) => {
      make(tracer, 2);
      await handle.flush();
      span.end();
    });
    expect(seen).toEqual([{ suppressed: true, span: undefined }]);
  } finally {
    request.mockRestore();
    context.disable();
  }
});

test.each([
  ['localhost:4318', /otlp\.endpoint: should be a URL that starts with http:\/\/ or https:\/\/.*got "localhost:4318"/],
  ['ftp://user:secret@host/', /got "ftp:\/\/\*\*\*@host\/"/],
])('the endpoint %s is refused at the start', (endpoint, message) => {
  const config = tracingConfig({});
  const begin = () => startTracing({ ...config, otlp: { ...config.otlp, endpoint } }, { register: 'never' });
  expect(begin).toThrow(message);
  expect(begin).toThrow(BootstrapError);
});

test('a header that HTTP does not allow is refused without its value', () => {
  const config = tracingConfig({});
  const begin = () =>
    startTracing({ ...config, otlp: { ...config.otlp, headers: { 'x-key': 'sec\nret' } } }, { register: 'never' });
  expect(begin).toThrow(/otlp\.headers: "x-key" is not a valid HTTP header/);
  expect(begin).not.toThrow(/sec/);
});

test('a certificate file that is not there is refused at the start', () => {
  const config = tracingConfig({ otlp: { certificateFile: '/nowhere/ca.pem' } });
  expect(() => startTracing(config, { register: 'never' })).toThrow(
    /otlp\.certificateFile: cannot read "\/nowhere\/ca\.pem"/,
  );
});

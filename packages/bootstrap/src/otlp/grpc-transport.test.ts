import { randomBytes } from 'node:crypto';
import type { ServerHttp2Stream } from 'node:http2';
import type { TracingConfigInput } from '@planscope/config';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closedPort } from '../../test/support/closed-port.ts';
import { endCall, type GrpcFaultServer, startGrpcFaultServer } from '../../test/support/grpc-fault-server.ts';
import { type OtlpReceiver, startReceiver } from '../../test/support/otlp-receiver.ts';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import type { TracingHandle } from '../handle/tracing-handle.ts';
import { startTracing } from '../start-tracing.ts';

let receiver: OtlpReceiver;
let servers: GrpcFaultServer[];
let handles: TracingHandle[];
let warnings: string[];

beforeEach(async () => {
  receiver = await startReceiver();
  servers = [];
  handles = [];
  warnings = [];
});

afterEach(async () => {
  await Promise.all(handles.map((handle) => handle.shutdown(0)));
  await Promise.all(servers.map((server) => server.stop()));
  await receiver.stop();
});

function start(endpoint: string, config: TracingConfigInput = {}) {
  const handle = startTracing(tracingConfig({ ...config, otlp: { ...config.otlp, endpoint, protocol: 'grpc' } }), {
    register: 'never',
    warn: (message) => warnings.push(message),
  });
  handles.push(handle);
  const tracer = handle.tracerProvider.getTracer('test');
  const make = (count: number, attributes: Record<string, string> = {}): void => {
    for (let index = 0; index < count; index += 1) tracer.startSpan(`span ${index}`, { attributes }).end();
  };
  return { handle, make };
}

async function serve(answer: (stream: ServerHttp2Stream, call: number) => void): Promise<GrpcFaultServer> {
  const server = await startGrpcFaultServer(answer);
  servers.push(server);
  return server;
}

/** google.rpc.Status { details: [Any { type_url, value: RetryInfo { retry_delay: Duration { seconds } } }] }, in base64. */
function retryInfoDetails(seconds: bigint): string {
  const field = (number: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  const duration = Buffer.concat([Buffer.from([0x08]), varint(BigInt.asUintN(64, seconds))]);
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
  const any = Buffer.concat([field(1, type), field(2, field(1, duration))]);
  return Buffer.concat([Buffer.from([0x08, 8]), field(3, any)]).toString('base64');
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

test.each(['none', 'gzip'] as const)('compression %s: spans and metadata arrive', async (compression) => {
  const { handle, make } = start(receiver.grpcUrl, { otlp: { compression, headers: { 'x-api-key': 'k1' } } });
  make(700);
  await handle.shutdown();
  expect(receiver.spans()).toHaveLength(700);
  expect(new Set(receiver.spans().map(({ spanId }) => spanId)).size).toBe(700);
  expect(receiver.requests).toHaveLength(2);
  expect(receiver.requests[0]?.metadata?.getMap()).toMatchObject({ 'x-api-key': 'k1' });
  expect(handle.stats()[0]).toMatchObject({ destination: receiver.grpcUrl, made: 700, exported: 700 });
  expect(warnings).toEqual([]);
});

test('a message over the limit of the receiver is halved until it fits', async () => {
  const { handle, make } = start(receiver.grpcUrl);
  make(10, { plan: randomBytes(400_000).toString('hex') });
  make(1, { plan: randomBytes(2_500_000).toString('hex') });
  await handle.flush(20_000);
  expect(handle.stats()[0]).toMatchObject({ made: 11, exported: 10, droppedByReason: { too_large: 1 }, unknown: 0 });
  expect(receiver.spans()).toHaveLength(10);
});

test('partial success is counted', async () => {
  const partial = Buffer.concat([Buffer.from([0x0a, 12, 0x08, 2, 0x12, 8]), Buffer.from('no quota')]);
  const server = await serve((stream) => endCall(stream, { 'grpc-status': '0' }, partial));
  const { handle, make } = start(server.url);
  make(5);
  await handle.shutdown();
  expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 3, droppedByReason: { rejected: 2 } });
});

test('UNAVAILABLE is tried again', async () => {
  const server = await serve((stream, call) =>
    call === 0 ? endCall(stream, { 'grpc-status': '14' }) : endCall(stream, { 'grpc-status': '0' }, new Uint8Array()),
  );
  const { handle, make } = start(server.url);
  make(5);
  await handle.flush(10_000);
  expect(server.calls()).toBe(2);
  expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 5 });
  expect(warnings).toEqual([expect.stringMatching(/asks to try later \(gRPC UNAVAILABLE\)/)]);
});

test('RESOURCE_EXHAUSTED is tried again only when the receiver says when', async () => {
  const details = retryInfoDetails(1n);
  const times: number[] = [];
  const server = await serve((stream, call) => {
    times.push(performance.now());
    if (call === 0) endCall(stream, { 'grpc-status': '8', 'grpc-status-details-bin': details });
    else if (call === 1) endCall(stream, { 'grpc-status': '0' }, new Uint8Array());
    else endCall(stream, { 'grpc-status': '8', 'grpc-message': 'no%20room' });
  });
  const { handle, make } = start(server.url);
  make(5);
  await handle.flush(10_000);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  make(3);
  await handle.flush(10_000);
  expect(server.calls()).toBe(3);
  expect(handle.stats()[0]).toMatchObject({ made: 8, exported: 5, droppedByReason: { rejected: 3 } });
});

test.each([
  ['a day', 86_400n, { exported: 0, droppedByReason: { unavailable: 5 }, unknown: 0 }, / in 86400 s; .* given up/],
  ['a negative time', -1n, { exported: 5 }, /UNAVAILABLE\), in 0 s\./],
])('RetryInfo of %s does not stop the export', async (_, seconds, delivery, message) => {
  const details = retryInfoDetails(seconds);
  const server = await serve((stream, call) =>
    call === 0
      ? endCall(stream, { 'grpc-status': '14', 'grpc-status-details-bin': details })
      : endCall(stream, { 'grpc-status': '0' }, new Uint8Array()),
  );
  const { handle, make } = start(server.url);
  make(5);
  expect(await handle.flush(10_000)).toEqual({ complete: true, pending: 0 });
  expect(handle.stats()[0]).toMatchObject({ made: 5, ...delivery });
  expect(warnings).toEqual([expect.stringMatching(message)]);
});

test.each([
  ['16', /check the credentials in otlp\.headers \(gRPC UNAUTHENTICATED\)/],
  ['12', /takes no traces; check otlp\.endpoint \(gRPC UNIMPLEMENTED\)/],
  ['3', /it answered "bad % span" \(gRPC INVALID_ARGUMENT\)/],
])('status %s is final and explained', async (status, message) => {
  const server = await serve((stream) => endCall(stream, { 'grpc-status': status, 'grpc-message': 'bad %25 span' }));
  const { handle, make } = start(server.url);
  make(5);
  await handle.flush(10_000);
  expect(server.calls()).toBe(1);
  expect(handle.stats()[0]).toMatchObject({ made: 5, droppedByReason: { rejected: 5 }, unknown: 0 });
  expect(warnings[0]).toMatch(message);
});

test('a call that is cut after it was read leaves the batch unknown; a refused one is known not to have arrived', async () => {
  const cut = await serve((stream) => stream.session?.destroy());
  const refusing = await serve((stream) => stream.close(7));
  const policy = { exportPolicy: { exportTimeoutMillis: 300 } };
  const ofCut = start(cut.url, policy);
  const ofRefusing = start(refusing.url, policy);
  ofCut.make(5);
  ofRefusing.make(5);
  await Promise.all([ofCut.handle.flush(10_000), ofRefusing.handle.flush(10_000)]);
  expect(ofCut.handle.stats()[0]).toMatchObject({ made: 5, dropped: 0, unknown: 5 });
  expect(ofRefusing.handle.stats()[0]).toMatchObject({ made: 5, droppedByReason: { unreachable: 5 }, unknown: 0 });
});

test('a call that is not answered is given up after its time, and tried again on a new connection', async () => {
  const sessions = new Set<unknown>();
  const server = await serve((stream, call) => {
    sessions.add(stream.session);
    if (call > 0) endCall(stream, { 'grpc-status': '0' }, new Uint8Array());
  });
  const { handle, make } = start(server.url, { otlp: { timeoutMillis: 200 } });
  make(5);
  await handle.flush(10_000);
  expect(sessions.size).toBe(2);
  expect(handle.stats()[0]).toMatchObject({ made: 5, exported: 5 });
  expect(warnings).toEqual([expect.stringMatching(/no answer within 200 ms/)]);
});

test.each([
  ['no status', {}],
  ['a message that is none', { 'grpc-status': '0' }],
])('an answer with %s leaves the batch unknown', async (_, trailers) => {
  const server = await serve((stream) => endCall(stream, trailers, Buffer.from([0xff, 0xff])));
  const { handle, make } = start(server.url);
  make(5);
  await handle.flush(10_000);
  expect(handle.stats()[0]).toMatchObject({ made: 5, dropped: 0, unknown: 5 });
});

test('the port of OTLP over HTTP is recognised', async () => {
  const { handle, make } = start(receiver.httpUrl);
  make(5);
  await handle.flush(10_000);
  expect(handle.stats()[0]).toMatchObject({ made: 5, droppedByReason: { unreachable: 5 }, unknown: 0 });
  expect(warnings[0]).toMatch(/does not speak gRPC; set otlp\.protocol to http\/protobuf/);
});

test('the port of gRPC is recognised by OTLP over HTTP', async () => {
  const handle = startTracing(tracingConfig({ otlp: { endpoint: receiver.grpcUrl } }), {
    register: 'never',
    warn: (message) => warnings.push(message),
  });
  handles.push(handle);
  handle.tracerProvider.getTracer('test').startSpan('span').end();
  await handle.flush(10_000);
  expect(handle.stats()[0]).toMatchObject({ made: 1, droppedByReason: { unreachable: 1 }, unknown: 0 });
  expect(warnings[0]).toMatch(/speaks HTTP\/2, as gRPC does; set otlp\.protocol to grpc/);
});

test('collector down: shutdown ends at its deadline and counts', async () => {
  const { handle, make } = start(`http://127.0.0.1:${await closedPort()}`);
  make(5);
  const before = performance.now();
  await handle.shutdown(300);
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(handle.stats()[0]).toMatchObject({ made: 5, droppedByReason: { deadline: 5 }, unknown: 0 });
  expect(warnings[0]).toMatch(/nothing listens there/);
});

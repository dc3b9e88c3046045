import { readFileSync } from 'node:fs';
import { credentials as grpcCredentials } from '@grpc/grpc-js';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { TracingConfigInput } from '@planscope/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpanExporter } from '../src/exporter/from-span-exporter.ts';
import type { DropReason } from '../src/exporter/trace-exporter.ts';
import { startTracing } from '../src/start-tracing.ts';
import { closedPort } from './support/closed-port.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { type GrpcFault, startGrpcFaultProxy } from './support/grpc-fault-proxy.ts';
import { type OtlpReceiver, startReceiver } from './support/otlp-receiver.ts';
import { authorityFile, serverTls } from './support/test-certificate.ts';
import { tracingConfig } from './support/tracing-config.ts';

const SPANS = 40;
const BATCH = 20;
const DEADLINE_MILLIS = 10_000;
/** Time for a second try of a batch, and not for a third. */
const TWO_TRIES_MILLIS = 1_000;

type Otlp = NonNullable<TracingConfigInput['otlp']>;

/** What is between the program and the receiver, and what is to become of the spans. */
interface Case {
  readonly http: (request: number, bytes: number) => Fault;
  readonly grpc: (call: number, bytes: number) => GrpcFault;
  /** Where all spans end up in the books of the pipeline. */
  readonly counted: 'exported' | 'unknown' | DropReason;
  /** How many of them get to the receiver. */
  readonly arrived: 'all' | 'none';
  /** How often each batch is sent, where that is always the same. */
  readonly tries?: number;
  readonly tls?: boolean;
  readonly otlp?: Otlp;
}

const both = (fault: (request: number) => Extract<Fault, string>): Pick<Case, 'http' | 'grpc'> => ({
  http: fault,
  grpc: fault,
});

/** google.rpc.Status { details: [Any { type_url, value: RetryInfo { retry_delay: Duration { seconds: 1 } } }] }, in base64. */
function retryInOneSecond(): string {
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
  const any = Buffer.concat([Buffer.from([0x0a, type.length]), type, Buffer.from([0x12, 4, 0x0a, 2, 0x08, 1])]);
  return Buffer.concat([Buffer.from([0x08, 8, 0x1a, any.length]), any]).toString('base64');
}

const tryLater: GrpcFault = { trailers: { 'grpc-status': '8', 'grpc-status-details-bin': retryInOneSecond() } };
const tooLarge: GrpcFault = { trailers: { 'grpc-status': '8', 'grpc-message': 'message larger than max' } };
/** Less than a batch of the spans made here, more than half of one. */
const BYTES_THE_RECEIVER_TAKES = 3_500;

const cases: Record<string, Case> = {
  'nothing in the way': { ...both(() => 'pass'), counted: 'exported', arrived: 'all' },
  'TLS with a known authority': {
    ...both(() => 'pass'),
    tls: true,
    otlp: { certificateFile: authorityFile },
    counted: 'exported',
    arrived: 'all',
  },
  'an unknown authority': { ...both(() => 'pass'), tls: true, counted: 'unreachable', arrived: 'none' },
  'answers that are slow': { ...both(() => 'slow'), counted: 'exported', arrived: 'all' },
  'no answer in time': { ...both(() => 'stall'), otlp: { timeoutMillis: 200 }, counted: 'unknown', arrived: 'none' },
  '429 with Retry-After': {
    http: (request) => (request === 0 ? { status: 429, headers: { 'retry-after': '1' } } : 'pass'),
    grpc: (call) => (call === 0 ? tryLater : 'pass'),
    counted: 'exported',
    arrived: 'all',
  },
  '503 all the time': {
    http: () => ({ status: 503 }),
    grpc: () => ({ trailers: { 'grpc-status': '14' } }),
    counted: 'unavailable',
    tries: 2,
    arrived: 'none',
  },
  '413 for a whole batch': {
    http: (_, bytes) => (bytes > BYTES_THE_RECEIVER_TAKES ? { status: 413 } : 'pass'),
    grpc: (_, bytes) => (bytes > BYTES_THE_RECEIVER_TAKES ? tooLarge : 'pass'),
    counted: 'exported',
    arrived: 'all',
  },
  '413 for everything': {
    http: () => ({ status: 413 }),
    grpc: () => tooLarge,
    counted: 'too_large',
    arrived: 'none',
  },
  '400 for everything': {
    http: () => ({ status: 400 }),
    grpc: () => ({ trailers: { 'grpc-status': '3' } }),
    counted: 'rejected',
    tries: 1,
    arrived: 'none',
  },
  'garbage for an answer': {
    http: () => ({ status: 200, body: '<p>Welcome to the shop</p>' }),
    grpc: () => ({ trailers: { 'grpc-status': '0' }, message: Buffer.from([0xff, 0xff]) }),
    counted: 'unknown',
    arrived: 'none',
  },
  'closed before the receiver has it': {
    ...both(() => 'cut-before'),
    counted: 'unknown',
    arrived: 'none',
    tries: 2,
  },
  'closed after the receiver has it': { ...both(() => 'cut-after'), counted: 'unknown', arrived: 'all', tries: 2 },
  'closed in the middle of the answer': { ...both(() => 'cut-answer'), counted: 'unknown', arrived: 'all' },
  'closed once, then open': {
    ...both((request) => (request === 0 ? 'cut-before' : 'pass')),
    counted: 'exported',
    arrived: 'all',
  },
};

let receiver: OtlpReceiver;

beforeAll(async () => {
  receiver = await startReceiver();
});

afterAll(() => receiver.stop());

/** A proxy of the protocol in front of the receiver. */
function startProxy(protocol: Otlp['protocol'], { http, grpc, tls }: Case): Promise<FaultProxy> {
  if (protocol === 'grpc') {
    const faultOf = (call: number, message: Buffer): GrpcFault => grpc(call, message.length);
    return startGrpcFaultProxy(receiver.grpcUrl, faultOf, tls ? serverTls : undefined);
  }
  const faultOf = (request: number, body: Buffer): Fault => http(request, body.length);
  return startFaultProxy(receiver.httpUrl, faultOf, tls ? { tls: serverTls } : {});
}

/** Makes spans, ends the pipeline, and says what was counted, what it said, and how long it all held up the program. */
async function run(
  prefix: string,
  batchMillis: number,
  to: { readonly otlp: Otlp } | { readonly exporter: SpanExporter },
) {
  const warnings: string[] = [];
  const config = tracingConfig({
    ...('otlp' in to ? { otlp: to.otlp } : { exporters: [] }),
    exportPolicy: { maxExportBatchSize: BATCH, exportTimeoutMillis: batchMillis },
  });
  const handle = startTracing(config, {
    register: 'never',
    spanExporters: 'exporter' in to ? [to.exporter] : [],
    warn: (message) => warnings.push(message),
  });
  const tracer = handle.tracerProvider.getTracer('test');
  const started = performance.now();
  const attributes = { plan: 'x'.repeat(400) };
  for (let index = 0; index < SPANS; index += 1) tracer.startSpan(`${prefix} ${index}`, { attributes }).end();
  const makingMillis = performance.now() - started;
  await handle.shutdown(DEADLINE_MILLIS);
  const arrived = receiver.spans().filter(({ name }) => name.startsWith(`${prefix} `));
  return {
    stats: handle.stats()[0],
    warnings,
    makingMillis,
    endingMillis: performance.now() - started,
    arrived: new Set(arrived.map(({ spanId }) => spanId)).size,
  };
}

/** The books of one exporter in which all spans stand in one place. */
function booked(counted: Case['counted']) {
  const dropped = counted === 'exported' || counted === 'unknown' ? 0 : SPANS;
  return {
    made: SPANS,
    exported: counted === 'exported' ? SPANS : 0,
    unknown: counted === 'unknown' ? SPANS : 0,
    dropped,
    droppedByReason: dropped > 0 ? { [counted]: SPANS } : {},
    pending: 0,
  };
}

const variants = (['http/protobuf', 'http/json', 'grpc'] as const).flatMap((protocol) =>
  (['none', 'gzip'] as const).map((compression) => ({ protocol, compression })),
);

describe.each(variants)('$protocol, compression $compression', ({ protocol, compression }) => {
  test.concurrent.each(Object.entries(cases))('%s', async (name, fault) => {
    const proxy = await startProxy(protocol, fault);
    const prefix = `${protocol} ${compression} ${name}`;
    const batchMillis = fault.counted === 'exported' ? DEADLINE_MILLIS : TWO_TRIES_MILLIS;
    const ended = await run(prefix, batchMillis, {
      otlp: { ...fault.otlp, protocol, compression, endpoint: proxy.url },
    });
    await proxy.stop();
    expect(ended.stats).toMatchObject(booked(fault.counted));
    expect(ended.arrived).toBe(fault.arrived === 'all' ? SPANS : 0);
    if (fault.tries !== undefined) expect(proxy.times).toHaveLength(fault.tries * (SPANS / BATCH));
    expectNotHeldUp(ended);
  });

  test.concurrent('a collector that is down', async () => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const ended = await run(`${protocol} ${compression} down`, TWO_TRIES_MILLIS, {
      otlp: { protocol, compression, endpoint },
    });
    expect(ended.stats).toMatchObject(booked('unreachable'));
    expectNotHeldUp(ended);
  });
});

/** An exporter of OpenTelemetry for JavaScript, and the cases in which its word differs from what our own exporter says. */
interface StockExporter {
  readonly protocol: Otlp['protocol'];
  create(url: string, timeoutMillis: number, certificateFile: string | undefined): SpanExporter;
  /** How many spans the exporter calls exported, and how many are at the receiver. */
  readonly unlike: Readonly<Record<string, { readonly exported: number; readonly arrived: number }>>;
}

const httpOptions = (url: string, timeoutMillis: number, certificateFile: string | undefined) => ({
  url: `${url}/v1/traces`,
  timeoutMillis,
  ...(certificateFile !== undefined && { httpAgentOptions: { ca: readFileSync(certificateFile) } }),
});

/** None of them halves a batch. */
const notHalved = { '413 for a whole batch': { exported: 0, arrived: 0 } };
/** Any positive status is a success, whatever follows it. */
const overHttp = {
  ...notHalved,
  'garbage for an answer': { exported: SPANS, arrived: 0 },
  'closed in the middle of the answer': { exported: SPANS, arrived: SPANS },
};

const stock: Readonly<Record<string, StockExporter>> = {
  proto: { protocol: 'http/protobuf', create: (...to) => new ProtoExporter(httpOptions(...to)), unlike: overHttp },
  http: { protocol: 'http/json', create: (...to) => new JsonExporter(httpOptions(...to)), unlike: overHttp },
  grpc: {
    protocol: 'grpc',
    create: (url, timeoutMillis, certificateFile) => {
      const authority = certificateFile === undefined ? undefined : readFileSync(certificateFile);
      const isSecure = url.startsWith('https:');
      const credentials = isSecure ? grpcCredentials.createSsl(authority) : grpcCredentials.createInsecure();
      return new GrpcExporter({ url, timeoutMillis, credentials });
    },
    // It does not try again.
    unlike: {
      ...notHalved,
      'garbage for an answer': { exported: SPANS, arrived: 0 },
      '429 with Retry-After': { exported: SPANS - BATCH, arrived: SPANS - BATCH },
      'closed once, then open': { exported: SPANS - BATCH, arrived: SPANS - BATCH },
    },
  },
};

describe.each(Object.entries(stock))('the OTLPTraceExporter %s', (kind, { protocol, create, unlike }) => {
  test.concurrent.each(Object.entries(cases))('%s', async (name, fault) => {
    const proxy = await startProxy(protocol, fault);
    const timeoutMillis =
      fault.otlp?.timeoutMillis ?? (fault.counted === 'exported' ? DEADLINE_MILLIS : TWO_TRIES_MILLIS);
    const exporter = create(proxy.url, timeoutMillis, fault.otlp?.certificateFile);
    const ended = await run(`stock ${kind} ${name}`, DEADLINE_MILLIS, { exporter });
    await proxy.stop();
    const { exported, arrived } = unlike[name] ?? {
      exported: fault.counted === 'exported' ? SPANS : 0,
      arrived: fault.arrived === 'all' ? SPANS : 0,
    };
    expect(ended.stats).toMatchObject({
      exporter: 'OTLPTraceExporter',
      confirmedBy: 'exporter',
      made: SPANS,
      exported,
      unknown: SPANS - exported,
      dropped: 0,
      pending: 0,
    });
    expect(ended.arrived).toBe(arrived);
    expectNotHeldUp(ended);
  });

  test.concurrent('a collector that is down', async () => {
    const exporter = create(`http://127.0.0.1:${await closedPort()}`, TWO_TRIES_MILLIS, undefined);
    const ended = await run(`stock ${kind} down`, DEADLINE_MILLIS, { exporter });
    expect(ended.stats).toMatchObject({ made: SPANS, exported: 0, unknown: SPANS, dropped: 0, pending: 0 });
    expectNotHeldUp(ended);
  });
});

/** Ending spans waits for nothing, and the end comes by the deadline; what was lost is said at most twice. */
function expectNotHeldUp({ makingMillis, endingMillis, warnings }: Awaited<ReturnType<typeof run>>): void {
  expect(makingMillis).toBeLessThan(500);
  expect(endingMillis).toBeLessThan(DEADLINE_MILLIS + 1_000);
  expect(warnings.length).toBeLessThanOrEqual(2);
}

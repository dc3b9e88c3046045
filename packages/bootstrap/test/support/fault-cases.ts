import type { TracingConfigInput } from '@planscope/config';
import type { DropReason } from '../../src/exporter/trace-exporter.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type GrpcFault, startGrpcFaultProxy } from './grpc-fault-proxy.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { authorityFile, serverTls } from './test-certificate.ts';

export const SPANS = 40;
export const BATCH = 20;
export const DEADLINE_MILLIS = 30_000;
/** Time for a second try of a batch, and not for a third. */
export const TWO_TRIES_MILLIS = 1_000;

export type Otlp = NonNullable<TracingConfigInput['otlp']>;

/** What is between the program and the receiver, and what is to become of the spans. */
export interface FaultCase {
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

const both = (fault: (request: number) => Extract<Fault, string>): Pick<FaultCase, 'http' | 'grpc'> => ({
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

export const faultCases: Readonly<Record<string, FaultCase>> = {
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

/** A proxy of the protocol in front of the receiver. */
export function startProxy(
  receiver: OtlpReceiver,
  protocol: Otlp['protocol'],
  { http, grpc, tls }: FaultCase,
): Promise<FaultProxy> {
  if (protocol === 'grpc') {
    const faultOf = (call: number, message: Buffer): GrpcFault => grpc(call, message.length);
    return startGrpcFaultProxy(receiver.grpcUrl, faultOf, tls ? serverTls : undefined);
  }
  const faultOf = (request: number, body: Buffer): Fault => http(request, body.length);
  return startFaultProxy(receiver.httpUrl, faultOf, tls ? { tls: serverTls } : {});
}

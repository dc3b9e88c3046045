import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { Readable } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { abortFailure, connectionFailure, notHttp2Failure, timeoutFailure } from './connection-problem.ts';
import { frame, oversizedAnswer, readGrpcAnswer } from './grpc-answer.ts';
import { MAX_ANSWER_BYTES } from './http-answer.ts';
import type { OtlpAnswer, OtlpTransport, RequestOptions } from './otlp-transport.ts';

const EXPORT_PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const SLICE_BYTES = 64 * 1024;

/** Where and how OTLP/gRPC requests are sent. */
export interface GrpcTransportOptions {
  readonly url: URL;
  /** Metadata of every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'none' | 'gzip';
  /** Certificates of the receiver's authority and of the client. */
  readonly tls: SecureContextOptions;
}

/** A transport for the one unary gRPC call of OTLP, over one HTTP/2 connection. */
export function createGrpcTransport({ url, headers, compression, tls }: GrpcTransportOptions): OtlpTransport {
  const connection = keepConnection(url.origin, tls);
  const compressed = compression === 'gzip';

  function call({ session }: GrpcConnection, timeoutMillis: number): ClientHttp2Stream {
    return session.request({
      ...headers,
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: EXPORT_PATH,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${Math.ceil(timeoutMillis)}m`,
      ...(compressed && { 'grpc-encoding': 'gzip' }),
    });
  }

  return {
    destination: url.origin,
    close: () => connection.close(),
    async send(message, options) {
      try {
        const used = connection.get();
        const stream = call(used, options.timeoutMillis);
        // A large message in one piece would exceed the memory that Node.js grants a connection.
        Readable.from(slices(frame(message, compressed))).pipe(stream);
        return await receive(stream, used, options);
      } catch (error) {
        // The connection ended between the check and its use.
        return connectionFailure(error as Error, false);
      }
    },
  };
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) yield bytes.subarray(start, start + SLICE_BYTES);
}

function receive(
  stream: ClientHttp2Stream,
  { session, speaksHttp2 }: GrpcConnection,
  { timeoutMillis, signal, onSending }: RequestOptions,
): Promise<OtlpAnswer> {
  return new Promise((resolve) => {
    let sent = false;
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders | undefined;
    const body: Buffer[] = [];
    let size = 0;
    const settle = (answer: OtlpAnswer): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(answer);
    };
    const giveUp = (answer: OtlpAnswer): void => {
      settle(answer);
      // The connection itself may hang, so the next attempt gets a new one.
      session.destroy();
    };
    const abort = (): void => giveUp(abortFailure(sent));
    const timer = setTimeout(() => giveUp(timeoutFailure(timeoutMillis, sent)), timeoutMillis).unref();
    signal.addEventListener('abort', abort);

    stream.on('ready', () => {
      sent = true;
      onSending();
    });
    stream.on('response', (received) => {
      headers = received;
    });
    stream.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_ANSWER_BYTES) body.push(chunk);
      else giveUp(oversizedAnswer());
    });
    stream.on('end', () => {
      if (headers[constants.HTTP2_HEADER_STATUS] === undefined) return;
      settle(readGrpcAnswer({ headers, trailers: trailers ?? headers, body: Buffer.concat(body) }));
      // Data that the receiver did not read would block the next call.
      if (!stream.writableFinished) session.destroy();
    });
    stream.on('error', (streamError) => {
      // If the connection failed, the stream says only that it was cancelled.
      const error = streamError.cause instanceof Error ? streamError.cause : streamError;
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      giveUp(sent && !speaksHttp2() ? notHttp2Failure(error) : connectionFailure(error, sent && !refused));
    });
    stream.on('close', () => settle(connectionFailure(new Error('closed before an answer'), sent)));
  });
}

/** One HTTP/2 connection. */
interface GrpcConnection {
  readonly session: ClientHttp2Session;
  /** Whether the peer has answered in HTTP/2 yet. */
  readonly speaksHttp2: () => boolean;
}

/** Keeps one connection to an origin and reopens it after it ends; it never keeps the process alive. */
function keepConnection(origin: string, tls: SecureContextOptions): { get(): GrpcConnection; close(): void } {
  let current: GrpcConnection | undefined;

  function open(): GrpcConnection {
    const session = connect(origin, tls);
    let spoken = false;
    session.unref();
    session.on('remoteSettings', () => {
      spoken = true;
    });
    // Each request gets the error itself; without a listener it would reach the program.
    session.on('error', () => {});
    return { session, speaksHttp2: () => spoken };
  }

  return {
    get() {
      if (current === undefined || current.session.closed || current.session.destroyed) current = open();
      return current;
    },
    close: () => current?.session.destroy(),
  };
}

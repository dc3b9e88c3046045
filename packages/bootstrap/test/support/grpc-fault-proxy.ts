import {
  connect,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type Fault, type FaultProxy, SLOW_MILLIS } from './fault-proxy.ts';
import { endCall } from './grpc-fault-server.ts';

/** What the proxy does with one call: as over HTTP, or it ends the call by itself. */
export type GrpcFault =
  | Extract<Fault, string>
  | { readonly trailers: Record<string, string>; readonly message?: Uint8Array };

const PREFIX_BYTES = 5;

/** What the receiver answered to a call that was handed on to it. */
interface Answer {
  readonly trailers: Record<string, string>;
  readonly message: Buffer;
}

/**
 * Starts a gRPC proxy on a free loopback port.
 *
 * @param target origin of the receiver
 * @param faultOf what to do with the call of this number, from 0, whose message has been decompressed
 * @param tls what the proxy shows where it is to speak TLS
 */
export async function startGrpcFaultProxy(
  target: string,
  faultOf: (call: number, message: Buffer) => GrpcFault,
  tls?: SecureServerOptions,
): Promise<FaultProxy> {
  const upstream = connect(target);
  upstream.on('error', () => {});
  const sessions = new Set<ServerHttp2Session>();
  const times: number[] = [];
  const server = tls === undefined ? createServer() : createSecureServer(tls);
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    void answer(stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  /** Hands a call on as it is, compressed or not. */
  async function forward(headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
    const call = upstream.request({
      ':method': 'POST',
      ':path': headers[':path'] as string,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(headers['grpc-encoding'] !== undefined && { 'grpc-encoding': headers['grpc-encoding'] }),
    });
    const trailers = new Promise<IncomingHttpHeaders>((resolve) => call.once('trailers', resolve));
    call.end(body);
    const message = await buffer(call);
    const { 'grpc-status': status = '', 'grpc-message': text = '' } = await trailers;
    return { trailers: { 'grpc-status': String(status), 'grpc-message': String(text) }, message };
  }

  async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const body = await buffer(stream);
    const message = body.subarray(PREFIX_BYTES);
    const fault = faultOf(times.push(performance.now()) - 1, body[0] === 1 ? gunzipSync(message) : message);
    if (fault === 'stall' || stream.destroyed) return;
    if (fault === 'cut-before') return stream.session?.destroy();
    if (typeof fault === 'object') return endCall(stream, fault.trailers, fault.message);
    const reply = await forward(headers, body);
    // The caller may have ended its call meanwhile.
    if (stream.destroyed) return;
    if (fault === 'cut-after') return stream.session?.destroy();
    if (fault === 'cut-answer') {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(Buffer.alloc(1));
      return void setImmediate(() => stream.session?.destroy());
    }
    if (fault === 'slow') await setTimeout(SLOW_MILLIS);
    if (stream.destroyed) return;
    endCall(stream, reply.trailers, reply.message.subarray(PREFIX_BYTES));
  }

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    times,
    stop: () =>
      new Promise((resolve) => {
        upstream.destroy();
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

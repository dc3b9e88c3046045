import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

/** What the proxy does with one request. */
export type Fault =
  | 'pass'
  /** The request is thrown away and its connection cut. */
  | 'cut-before'
  /** The receiver gets the request; its answer never comes back. */
  | 'cut-after'
  /** The receiver gets the request; its answer breaks off after the first byte. */
  | 'cut-answer'
  /** The connection stays open and nothing happens. */
  | 'stall'
  /** The answer takes its time. */
  | 'slow'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Uint8Array };

/** How long an answer takes that is slow. */
export const SLOW_MILLIS = 150;

/** A loopback proxy in front of a receiver that misbehaves on demand. */
export interface FaultProxy {
  readonly url: string;
  /** When each request was complete, in milliseconds. */
  readonly times: readonly number[];
  stop(): Promise<void>;
}

/**
 * Starts a proxy on a free loopback port.
 *
 * @param target origin of the receiver
 * @param faultOf what to do with the request of this number, from 0
 * @param options.port default a free one
 * @param options.tls what the proxy shows where it is to speak HTTPS
 */
export async function startFaultProxy(
  target: string,
  faultOf: (request: number, body: Buffer) => Fault,
  { port = 0, tls }: { readonly port?: number; readonly tls?: https.ServerOptions } = {},
): Promise<FaultProxy> {
  const times: number[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response);
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(received) : received;
    const fault = faultOf(times.push(performance.now()) - 1, body);
    if (fault === 'stall') return;
    if (fault === 'cut-before') return void request.socket.destroy();
    if (typeof fault === 'object') return void response.writeHead(fault.status, fault.headers).end(fault.body);
    const forwarded = await fetch(`${target}${request.url}`, {
      method: 'POST',
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      body: new Uint8Array(body),
    });
    const reply = Buffer.from(await forwarded.arrayBuffer());
    if (fault === 'cut-after') return void request.socket.destroy();
    if (fault === 'cut-answer') {
      response.writeHead(forwarded.status, { 'content-length': reply.length + 2 }).write('\n');
      return void setImmediate(() => request.socket.destroy());
    }
    if (fault === 'slow') await setTimeout(SLOW_MILLIS);
    response.writeHead(forwarded.status).end(reply);
  }

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    times,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

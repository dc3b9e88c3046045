import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What a request is answered with instead of the truth: 503, a reset before or in the middle of the body, nothing at all,
 * the body in small pieces, half of it and then nothing, or another response.
 */
export type Fault = 'unavailable' | 'reset' | 'reset-body' | 'silence' | 'slow-body' | 'stalled-body' | Response;

/** A request with its body read. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The path and query as they were sent. */
  readonly target: string;
  readonly body: Buffer;
}

export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: string | Uint8Array;
}

/** A server on loopback that answers requests one way, or the way a test tells it to fail. */
export class LoopbackServer {
  readonly #server: Server;
  /** Asked of each request before it is answered. */
  fault: (request: Request) => Fault | undefined = () => undefined;
  requests = 0;
  /** Requests whose connection the client still holds for them. */
  active = 0;
  /** Bytes of bodies that the network took. */
  sent = 0;

  constructor(answer: (request: Request) => Response | Promise<Response>) {
    this.#server = createServer((incoming, outgoing) => {
      this.requests += 1;
      this.active += 1;
      outgoing.once('close', () => {
        this.active -= 1;
      });
      this.#handle(incoming, outgoing, answer).catch((error: unknown) => {
        outgoing.writeHead(500).end(String(error instanceof Error ? error.stack : error));
      });
    });
  }

  /** @returns the URL it listens at */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    answer: (request: Request) => Response | Promise<Response>,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request: Request = {
      method: incoming.method ?? 'GET',
      url: new URL(incoming.url ?? '/', `http://${incoming.headers.host}`),
      headers: incoming.headers as Record<string, string | undefined>,
      target: incoming.url ?? '/',
      body: Buffer.concat(chunks),
    };
    const fault = this.fault(request);
    if (fault === 'silence') return;
    if (fault === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    const response = typeof fault === 'object' ? fault : fault === 'unavailable' ? { status: 503 } : answer(request);
    const { status, headers = {}, body = '' } = await response;
    const bytes = Buffer.from(body);
    const shown = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const empty = status === 304 || status === 204;
    outgoing.writeHead(status, { ...(empty ? {} : { 'content-length': bytes.byteLength }), ...shown } as never);
    const half = bytes.subarray(0, bytes.length / 2);
    if (request.method === 'HEAD' || empty) outgoing.end();
    else if (fault === 'reset-body') outgoing.write(half, () => incoming.socket.resetAndDestroy());
    else if (fault === 'stalled-body') outgoing.write(half);
    else if (fault === 'slow-body') await this.#write(outgoing, bytes, Math.ceil(bytes.length / 20), 25);
    else await this.#write(outgoing, bytes, 64 * 1024, 0);
  }

  /** Writes as fast as the network takes it, with a pause after each piece. */
  async #write(outgoing: ServerResponse, bytes: Buffer, step: number, pause: number): Promise<void> {
    for (let start = 0; start < bytes.length && !outgoing.destroyed; start += step) {
      const piece = bytes.subarray(start, start + step);
      await new Promise<void>((resolve) => {
        outgoing.once('close', resolve);
        outgoing.write(piece, () => {
          outgoing.off('close', resolve);
          this.sent += piece.byteLength;
          resolve();
        });
      });
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    outgoing.end();
  }
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and parameters. */
  readonly url: string;
  /** First and last byte asked for, as sent. */
  readonly range: string | undefined;
  /** Body of the request in bytes. */
  readonly received: number;
  /** Body of the response in bytes. */
  readonly sent: number;
  /** Absent where the connection was cut without a response. */
  readonly status: number | undefined;
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  readonly end: bigint;
}

/** What happens to a request in place of its answer, or before it. */
export type Fault = 'unavailable' | 'cut' | 'reset' | { readonly delay: number };

/** Answers requests. */
export type Answer = (request: IncomingMessage, body: Buffer) => Promise<Answered>;

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A server on loopback that notes each request, and lets some fail. */
export class CountingServer {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;
  readonly #answer: Answer;
  #faultOf: (request: IncomingMessage) => Fault | undefined = () => undefined;

  private constructor(answer: Answer) {
    this.#answer = answer;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(answer: Answer): Promise<CountingServer> {
    const counting = new CountingServer(answer);
    counting.#server.listen(0, '127.0.0.1');
    await once(counting.#server, 'listening');
    return counting;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @param faultOf the fault of a request, asked once each */
  fail(faultOf: (request: IncomingMessage) => Fault | undefined): void {
    this.#faultOf = faultOf;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = now();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const fault = this.#faultOf(request);
    const note = (status: number | undefined, sent: number): void => {
      const { method = '', url = '', headers } = request;
      // Azure's own header comes first for its servers.
      const range = headers['x-ms-range']?.toString() ?? headers.range;
      this.seen.push({ method, url, range, received: body.length, sent, status, start, end: now() });
    };
    if (fault === 'reset') {
      note(undefined, 0);
      request.socket.destroy();
      return;
    }
    if (fault === 'unavailable') {
      note(503, 0);
      response.writeHead(503, { 'content-length': '0' }).end();
      return;
    }
    if (typeof fault === 'object') await new Promise((resolve) => setTimeout(resolve, fault.delay));
    const answer = await this.#answer(request, body);
    const length = request.method === 'HEAD' ? 0 : answer.body.length;
    response.writeHead(answer.status, answer.headers);
    if (fault === 'cut') {
      note(answer.status, 10);
      response.write(answer.body.subarray(0, 10), () => request.socket.destroy());
      return;
    }
    note(answer.status, length);
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }
}

function now(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

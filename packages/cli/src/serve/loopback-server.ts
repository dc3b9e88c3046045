import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../command-error.ts';

/** Only names that every machine resolves to itself, so that no web page reaches the server by a name of its own. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** An answer to a request. */
export interface Reply {
  readonly status: number;
  readonly type?: string;
  /** In one or several parts. */
  readonly text: string | Iterable<string>;
}

/** A server that only this machine reaches. */
export interface LoopbackServer {
  /** For example `http://127.0.0.1:4318`. */
  readonly url: string;
  /** Takes no more requests, and waits for those under way. */
  close(): Promise<void>;
}

/** What a server does. */
export interface LoopbackServerOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Answers a request; undefined if it has answered with the response itself. */
  readonly reply: (request: IncomingMessage, response: ServerResponse) => Promise<Reply | undefined>;
  /** Called with what a request failed with. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Starts a server on 127.0.0.1, which answers only to that name or `localhost`.
 *
 * @throws CommandError if the port is taken
 */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!LOOPBACK.test(request.headers.host ?? '')) {
      return send(response, { status: 403, text: 'this server answers only on this machine' });
    }
    const reply = await options.reply(request, response).catch((error: Error): Reply => {
      options.onProblem(error.message);
      return { status: 500, text: error.message };
    });
    if (reply === undefined) return;
    if (response.headersSent) response.end();
    else send(response, reply);
  }
  const server = createServer((request, response) => void answer(request, response));
  await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function send(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', text }: Reply): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  // A reader that leaves before the end needs no answer.
  pipeline(Readable.from(typeof text === 'string' ? [text] : text), response).catch(() => {});
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE' ? 'another program uses it; choose another with --port' : cause.message;
      reject(new CommandError(`cannot listen on port ${port}: ${reason}`, { cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

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
  /** Whether the connection ends with it, because the rest of the request is not read. Only with a single text. */
  readonly isLast?: true;
}

/** How long the rest of a refused request is thrown away, so that its sender reads the answer, in milliseconds. */
const LINGER_MILLIS = 1000;
/** How long a server that closes waits for requests under way, in milliseconds. */
const CLOSE_MILLIS = 2000;

/** A server that only this machine reaches. */
export interface LoopbackServer {
  /** For example `http://127.0.0.1:4318`. */
  readonly url: string;
  /** Takes no more requests, and waits some seconds for those under way. */
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
    else if (reply.isLast === true) sendLast(request, response, reply);
    else send(response, reply);
  }
  const server = createServer((request, response) => void answer(request, response));
  await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        const impatient = setTimeout(() => server.closeAllConnections(), CLOSE_MILLIS);
        server.close(() => {
          clearTimeout(impatient);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/**
 * Answers a request whose rest is not read, and closes the connection. A connection that is closed while data arrives is
 * reset, and the sender may then not see the answer, so the data is thrown away for a while.
 */
function sendLast(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const body = Buffer.from([reply.text].flat().join(''));
  response.writeHead(reply.status, { ...headersOf(reply), 'content-length': body.length, connection: 'close' });
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MILLIS);
  request.once('end', end).once('error', end).once('close', end).resume();
}

function headersOf({ type = 'text/plain; charset=utf-8' }: Reply): Record<string, string> {
  return { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
}

function send(response: ServerResponse, reply: Reply): void {
  const { status, text } = reply;
  response.writeHead(status, headersOf(reply));
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

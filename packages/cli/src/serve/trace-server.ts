import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Run, TraceCollector } from '@planscope/run-model';
import { CommandError } from '../command-error.ts';
import { runsPage } from '../output/runs-page.ts';
import type { RunStore } from './run-store.ts';

/** Largest request, compressed or not, in bytes. */
const MAX_BODY = 64 * 1024 * 1024;
/** Only names that every machine resolves to itself, so that no web page reaches the server by a name of its own. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
/** How long a trace may be silent before it counts as complete, in milliseconds. */
const QUIET_MILLIS = 2000;

/** A receiver of traces and its page. */
export interface TraceServer {
  /** For example `http://127.0.0.1:4318`. */
  readonly url: string;
  /** Stops the server, after it has stored what it received. */
  close(): Promise<void>;
}

/** What a server tells while it runs. */
export interface TraceServerOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Most runs on the page. */
  readonly limit: number;
  /** Called when runs are complete. */
  readonly onRuns: (names: readonly string[]) => void;
  /** Called with what could not be read or stored. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Receives traces by OTLP over HTTP, as JSON or protobuf, on this machine only, and shows them as a page.
 *
 * @throws CommandError if the port is taken
 */
export async function serveTraces(store: RunStore, options: TraceServerOptions): Promise<TraceServer> {
  const collector = new TraceCollector({ onIssue: ({ message }) => options.onProblem(message) });
  let timer: NodeJS.Timeout | undefined;

  async function keep(runs: readonly Run[]): Promise<void> {
    if (runs.length === 0) return;
    await store.add(runs);
    options.onRuns(runs.map(({ name }) => name));
  }

  async function receive(request: IncomingMessage): Promise<Reply> {
    const type = request.headers['content-type']?.split(';')[0]?.trim();
    if (type !== 'application/json' && type !== 'application/x-protobuf') {
      return { status: 415, text: 'use application/json or application/x-protobuf' };
    }
    const body = await bodyOf(request);
    if (body === undefined) return { status: 413, text: `a request may have ${MAX_BODY} bytes` };
    try {
      const content = type === 'application/json' ? body.toString() : body;
      await keep(collector.add(content));
    } catch (error) {
      const text = `the request is no OTLP trace: ${(error as Error).message}`;
      options.onProblem(text);
      return { status: 400, text };
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      keep(collector.takeAll()).catch((error: Error) => options.onProblem(error.message));
    }, QUIET_MILLIS);
    return { status: 200, type, text: type === 'application/json' ? '{}' : '' };
  }

  async function reply(request: IncomingMessage): Promise<Reply> {
    const { method, url = '/', headers } = request;
    if (!LOOPBACK.test(headers.host ?? '')) return { status: 403, text: 'this server answers only on this machine' };
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/v1/traces') {
      if (method === 'POST') return receive(request);
      return { status: 405, text: 'send traces with POST' };
    }
    if (pathname !== '/' || method !== 'GET') return { status: 404, text: 'there are / and /v1/traces' };
    const runs = await store.latest(options.limit);
    return { status: 200, type: 'text/html; charset=utf-8', text: runsPage(runs) };
  }

  const server = createServer((request, response) => {
    reply(request)
      .catch((error: Error): Reply => {
        options.onProblem(error.message);
        return { status: 500, text: error.message };
      })
      .then((answer) => send(response, answer));
  });
  await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      clearTimeout(timer);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      await keep(collector.takeAll());
    },
  };
}

interface Reply {
  readonly status: number;
  readonly type?: string;
  /** In one or several parts. */
  readonly text: string | Iterable<string>;
}

function send(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', text }: Reply): void {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, headers);
  const parts = Readable.from(typeof text === 'string' ? [text] : text);
  // A reader that leaves has no one to be told.
  pipeline(parts, response).catch(() => {});
}

/** The body of a request without its compression; undefined if it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return undefined;
  const raw = await buffer(request);
  if (raw.length > MAX_BODY) return undefined;
  if (request.headers['content-encoding'] !== 'gzip') return raw;
  return promisify(gunzip)(raw, { maxOutputLength: MAX_BODY });
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

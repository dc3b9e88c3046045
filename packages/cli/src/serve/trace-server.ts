import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Run, TraceCollector } from '@planscope/run-model';
import { runsPage } from '../output/runs-page.ts';
import { LivePages } from './live-pages.ts';
import { type Reply, startLoopbackServer } from './loopback-server.ts';
import { type BodyProblem, RequestBodies } from './request-body.ts';
import type { RunStore } from './run-store.ts';

/** Largest request, compressed or not, in bytes. */
const MAX_BODY = 64 * 1024 * 1024;
/** Most bytes of requests that are read at one time; exporters send refused spans again. */
const MAX_BODIES = 2 * MAX_BODY;
/** How long a trace may be silent before it counts as complete, in milliseconds. */
const QUIET_MILLIS = 2000;

/** Where an open page gets new runs. */
const EVENTS = '/runs';

const REFUSED: Readonly<Record<BodyProblem, Reply>> = {
  'too-large': { status: 413, text: `it has more than ${MAX_BODY} bytes`, isLast: true },
  busy: { status: 503, text: 'too many large requests come at once; send it again later', isLast: true },
  'not-gzip': { status: 400, text: 'its body is not gzip, although its header says so' },
};

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
 * Receives traces by OTLP over HTTP, as JSON or protobuf, on this machine only, and shows them as a page to which new
 * runs are added while it is open.
 *
 * @throws CommandError if the port is taken
 */
export async function serveTraces(store: RunStore, options: TraceServerOptions): Promise<TraceServer> {
  const pages = new LivePages(store, options.limit);
  const collector = new TraceCollector({ onIssue: ({ message }) => options.onProblem(message) });
  const bodies = new RequestBodies(MAX_BODY, MAX_BODIES);
  let timer: NodeJS.Timeout | undefined;

  async function keep(runs: readonly Run[]): Promise<void> {
    if (runs.length === 0) return;
    await store.add(runs);
    await pages.update();
    options.onRuns(runs.map(({ name }) => name));
  }

  async function receive(request: IncomingMessage): Promise<Reply> {
    const type = request.headers['content-type']?.split(';')[0]?.trim();
    if (type !== 'application/json' && type !== 'application/x-protobuf') {
      return { status: 415, text: 'use application/json or application/x-protobuf' };
    }
    const body = await bodies.read(request);
    if (typeof body === 'string') {
      const refused = REFUSED[body];
      options.onProblem(`refused a request: ${refused.text}`);
      return refused;
    }
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

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<Reply | undefined> {
    const { method, url = '/' } = request;
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/v1/traces') {
      if (method === 'POST') return receive(request);
      return { status: 405, text: 'send traces with POST' };
    }
    if (pathname === EVENTS && method === 'GET') {
      return (await pages.open(request, response)) ? undefined : { status: 503, text: 'too many pages are open' };
    }
    if (pathname !== '/' || method !== 'GET') return { status: 404, text: 'there are / and /v1/traces' };
    const stored = await store.latest(options.limit);
    const live = { events: `${EVENTS}?after=${stored[0]?.order ?? 0}` };
    const runs = stored.map(({ run }) => run);
    return { status: 200, type: 'text/html; charset=utf-8', text: runsPage(runs, { live }) };
  }

  const server = await startLoopbackServer({ port: options.port, reply, onProblem: options.onProblem });
  return {
    url: server.url,
    async close() {
      clearTimeout(timer);
      pages.close();
      await server.close();
      await keep(collector.takeAll());
    },
  };
}

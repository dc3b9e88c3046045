import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * Answers one request.
 *
 * @param body of the request
 */
export type Handler = (request: IncomingMessage, response: ServerResponse, origin: string, body?: string) => void;

/** A server on loopback that answers its requests by a script. */
export interface ScriptedServer {
  readonly origin: string;
  /** The requests so far. */
  readonly requests: readonly IncomingMessage[];
  close(): void;
}

/**
 * Starts a server.
 *
 * @param handlers one for each request in turn; the last one answers all that follow
 * @param tls its key and certificate in PEM; without them, the server speaks plain HTTP
 */
export async function startScriptedServer(
  handlers: readonly Handler[],
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedServer> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    const handler = handlers[requests.length - 1] ?? handlers.at(-1);
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => handler?.(request, response, origin, body));
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  return {
    origin,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Answers with a page of the protocol.
 *
 * @param next path of the next page; without it, the page is the last one
 */
export function page(fields: object, next?: string): Handler {
  return (_, response, origin) => {
    const link = next === undefined ? {} : { nextUri: new URL(next, origin).href };
    response.end(JSON.stringify({ id: 'q1', ...fields, ...link }));
  };
}

/** Answers with a status that is no success. */
export function status(code: number, headers: Record<string, string> = {}): Handler {
  return (_, response) => response.writeHead(code, headers).end('busy');
}

/** Ends the connection without an answer. */
export const broken: Handler = (request) => request.socket.destroy();

/** What is answered to a statement. */
export interface ScriptedAnswer {
  /** The columns as names and types; default: none. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: { readonly errorName: string; readonly errorType: string; readonly message: string };
  /** Is waited for before the answer. */
  readonly after?: Promise<unknown>;
}

/**
 * Answers each statement with one page, and knows no query afterwards.
 *
 * @param answer returns undefined for a statement that has no rows
 */
export function statements(answer: (sql: string, request: IncomingMessage) => ScriptedAnswer | undefined): Handler {
  let count = 0;
  return async (request, response, _, sql = '') => {
    if (request.method !== 'POST') {
      response.writeHead(410).end();
      return;
    }
    count += 1;
    const id = `query_${count}`;
    const { columns = {}, data, error, after } = answer(sql, request) ?? {};
    await after;
    const described = Object.entries(columns).map(([name, type]) => ({
      name,
      type,
      typeSignature: { rawType: type, arguments: [] },
    }));
    const page = { id, stats: {}, data, error: error && { errorCode: 1, ...error } };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(described.length === 0 ? page : { ...page, columns: described }));
  };
}

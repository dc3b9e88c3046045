import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse, origin: string) => void;

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
    request.resume().on('end', () => handler?.(request, response, origin));
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

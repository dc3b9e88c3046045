import { once } from 'node:events';
import { createServer } from 'node:http';

/** Something that takes OTLP where a guide says that a viewer listens. */
export interface OtlpListener {
  /** How many export requests have come. */
  readonly requests: () => number;
  stop(): void;
}

/** Listens on a port of loopback; undefined where something else does. */
export async function startOtlpListener(port: number): Promise<OtlpListener | undefined> {
  let requests = 0;
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/v1/traces') requests += 1;
    request.resume().on('end', () => response.setHeader('content-type', 'application/x-protobuf').end());
  });
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  return { requests: () => requests, stop: () => void server.close() };
}

import { createServer } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** How spans come to a receiver. */
export type Protocol = 'grpc' | 'http/protobuf' | 'http/json';

/** A receiver on loopback that keeps what it gets. */
export interface Receiver {
  readonly url: string;
  /** Bodies without their compression, one character a byte. */
  readonly bodies: string[];
  stop(): Promise<void>;
}

/** Starts a receiver of one protocol on a free port. */
export async function startReceiver(protocol: Protocol): Promise<Receiver> {
  const bodies: string[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = protocol === 'grpc' ? grpcServer(bodies, sessions) : httpServer(bodies);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: protocol === 'grpc' ? origin : `${origin}/v1/traces`,
    bodies,
    stop: () => {
      for (const session of sessions) session.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function httpServer(bodies: string[]): Server {
  return createServer((request, response) => {
    void buffer(request).then((body) => {
      const isCompressed = request.headers['content-encoding'] === 'gzip';
      bodies.push(`${request.url}\n${request.rawHeaders.join('\n')}\n`);
      bodies.push((isCompressed ? gunzipSync(body) : body).toString('latin1'));
      response.writeHead(200, { 'content-type': request.headers['content-type'] }).end();
    });
  });
}

const NO_MESSAGE = Buffer.alloc(5);

function grpcServer(bodies: string[], sessions: Set<ServerHttp2Session>): Server {
  const server = createHttp2Server();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    void buffer(stream).then((body) => {
      bodies.push(JSON.stringify(headers));
      bodies.push((body[0] === 1 ? gunzipSync(body.subarray(5)) : body).toString('latin1'));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(NO_MESSAGE);
    });
  });
  return server;
}

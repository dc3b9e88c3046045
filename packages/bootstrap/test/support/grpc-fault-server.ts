import {
  createSecureServer,
  createServer,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A loopback HTTP/2 server that answers gRPC calls as a test wants. */
export interface GrpcFaultServer {
  readonly url: string;
  readonly calls: () => number;
  stop(): Promise<void>;
}

/**
 * Starts a server whose calls are answered by the function, which gets the number of the call, from 0.
 *
 * @param tls what the server shows where it is to speak TLS
 */
export async function startGrpcFaultServer(
  answer: (stream: ServerHttp2Stream, call: number) => void,
  tls?: SecureServerOptions,
): Promise<GrpcFaultServer> {
  const sessions = new Set<ServerHttp2Session>();
  let calls = 0;
  const server = tls === undefined ? createServer() : createSecureServer(tls);
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume().on('end', () => {
      calls += 1;
      answer(stream, calls - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

/** Ends a call with a status, and a message before it where there is one. */
export function endCall(stream: ServerHttp2Stream, trailers: Record<string, string>, message?: Uint8Array): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  if (message === undefined) {
    stream.end();
    return;
  }
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([prefix, message]));
}

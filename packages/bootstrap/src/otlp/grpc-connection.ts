import { type ClientHttp2Session, connect } from 'node:http2';
import type { SecureContextOptions } from 'node:tls';

/** One HTTP/2 connection. */
export interface GrpcConnection {
  readonly session: ClientHttp2Session;
  /** Whether the other end has said anything in HTTP/2 yet. */
  readonly speaksHttp2: () => boolean;
}

/** Keeps one connection to an origin, made anew when the last one has ended; it never keeps the process alive. */
export function keepConnection(origin: string, tls: SecureContextOptions): { get(): GrpcConnection; close(): void } {
  let current: GrpcConnection | undefined;

  function open(): GrpcConnection {
    const session = connect(origin, tls);
    let spoken = false;
    session.unref();
    session.on('remoteSettings', () => {
      spoken = true;
    });
    // Each request hears of it by itself; without a listener the error would reach the program.
    session.on('error', () => {});
    return { session, speaksHttp2: () => spoken };
  }

  return {
    get() {
      if (current === undefined || current.session.closed || current.session.destroyed) current = open();
      return current;
    },
    close: () => current?.session.destroy(),
  };
}

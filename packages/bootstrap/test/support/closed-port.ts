import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** Sockets that keep their ports from others for the rest of the process. */
const held: Socket[] = [];

/**
 * A loopback port at which nothing listens. It is the local port of an open connection, so the system gives it to no
 * other server while the process runs.
 */
export async function closedPort(): Promise<number> {
  const server = createServer((socket) => void held.push(socket.unref()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').unref();
  await new Promise<void>((resolve) => client.once('connect', resolve));
  held.push(client);
  server.close();
  return client.localPort as number;
}

/** A loopback port at which nothing listens yet. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

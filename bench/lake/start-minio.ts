import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A MinIO of its own on loopback. */
export interface Minio {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): Promise<void>;
}

const credentials = { accessKeyId: 'bench-key', secretAccessKey: 'bench-secret-key' };

/**
 * Starts MinIO on a free port and waits until it is ready.
 *
 * @param program path of its program
 * @param bucket the only bucket
 * @throws if its process ends before that
 */
export async function startMinio(program: string, bucket: string): Promise<Minio> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-bench-'));
  // A folder is a bucket.
  mkdirSync(join(folder, bucket));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(program, ['server', folder, '--address', `127.0.0.1:${port}`, '--quiet'], {
    env: { ...process.env, MINIO_ROOT_USER: credentials.accessKeyId, MINIO_ROOT_PASSWORD: credentials.secretAccessKey },
    stdio: 'ignore',
  });
  await untilReady(endpoint, child);
  const stop = async (): Promise<void> => {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  return { endpoint, credentials, stop };
}

async function untilReady(endpoint: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`MinIO ended with ${child.exitCode}`);
    const response = await fetch(`${endpoint}/minio/health/live`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

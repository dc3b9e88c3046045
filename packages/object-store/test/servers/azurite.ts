import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** The account that every Azurite has. */
export const account = 'devstoreaccount1';
export const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Azurite in a process of its own, its blobs in memory. */
export class Azurite {
  readonly endpoint: string;
  readonly #process: ChildProcess;

  private constructor(endpoint: string, process: ChildProcess) {
    this.endpoint = endpoint;
    this.#process = process;
  }

  static async start(): Promise<Azurite> {
    const port = await freePort();
    const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
    const settings = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry'];
    const child = spawn(process.execPath, [main, '--blobHost', '127.0.0.1', '--blobPort', String(port), ...settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit').then(([code]) => {
      throw new Error(`azurite ended with status ${code} before it listened`);
    });
    await Promise.race([listening(child), exited]);
    exited.catch(() => undefined);
    return new Azurite(`http://127.0.0.1:${port}/${account}`, child);
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }
}

function listening(child: ChildProcess): Promise<void> {
  // It is listened to until the end: the server dies when nobody takes what it writes.
  return new Promise((resolve) => {
    child.stdout?.on('data', (text: Buffer) => {
      if (text.includes('successfully listen')) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

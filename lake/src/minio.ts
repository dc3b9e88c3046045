import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './counting-server.ts';

/** The program; without it, tests against it are left out. */
export const minioProgram: string | undefined = process.env.PLANSCOPE_TEST_MINIO;
if (minioProgram === undefined) console.log('left out: MinIO, since PLANSCOPE_TEST_MINIO names no program');

/** A MinIO of its own on loopback, with one bucket called `lake`. */
export class Minio {
  static readonly keyId = 'lake-tester';
  static readonly secret = 'lake-tester-secret';
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  /** @throws where the process ends before it listens */
  static async start(): Promise<Minio> {
    const folder = mkdtempSync(join(tmpdir(), 'planscope-minio-'));
    // A folder is a bucket.
    mkdirSync(join(folder, 'lake'));
    const port = await freePort();
    const environment = { ...process.env, MINIO_ROOT_USER: Minio.keyId, MINIO_ROOT_PASSWORD: Minio.secret };
    const settings = ['server', folder, '--address', `127.0.0.1:${port}`, '--quiet'];
    const child = spawn(minioProgram ?? '', settings, { stdio: 'ignore', env: environment });
    let ended = false;
    child.once('exit', () => {
      ended = true;
    });
    while (!(await isListening(port))) {
      if (ended) throw new Error(`MinIO ended before it listened at port ${port}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return new Minio(port, child, folder);
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, ServerProcess } from '../../packages/object-store/test/servers/server-process.ts';

/** The program; without it, tests against it are left out. */
export const minioProgram: string | undefined = process.env.PLANSCOPE_TEST_MINIO;
if (minioProgram === undefined) console.log('left out: MinIO, since PLANSCOPE_TEST_MINIO names no program');

/** A MinIO of its own on loopback, with one bucket called `lake`. */
export class Minio {
  static readonly keyId = 'lake-tester';
  static readonly secret = 'lake-tester-secret';
  readonly port: number;
  readonly #server: ServerProcess;
  readonly #folder: string;

  private constructor(port: number, server: ServerProcess, folder: string) {
    this.port = port;
    this.#server = server;
    this.#folder = folder;
  }

  /** @throws where the process ends before it listens */
  static async start(): Promise<Minio> {
    const folder = mkdtempSync(join(tmpdir(), 'planscope-minio-'));
    // A folder is a bucket.
    mkdirSync(join(folder, 'lake'));
    const port = await freePort();
    const settings = ['server', folder, '--address', `127.0.0.1:${port}`, '--quiet'];
    const server = await ServerProcess.start(minioProgram ?? '', settings, port, {
      MINIO_ROOT_USER: Minio.keyId,
      MINIO_ROOT_PASSWORD: Minio.secret,
    });
    return new Minio(port, server, folder);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

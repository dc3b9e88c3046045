import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for the profiles of one session, on a memory file system where there is one. */
export class ProfileFolder {
  readonly #folder: string;
  #next = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param base folder it is made in; default `/dev/shm` where that can be written, else the system's temporary one */
  static async create(base: string = memoryFolder() ?? tmpdir()): Promise<ProfileFolder> {
    return new ProfileFolder(await mkdtemp(join(base, 'planscope-duckdb-')));
  }

  /** A path that no other query has. */
  nextPath(): string {
    this.#next += 1;
    return join(this.#folder, `${this.#next}.json`);
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

/** Takes a profile from its file; undefined when DuckDB wrote none. */
export async function takeProfile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

/** A folder whose files never reach a disk; undefined where the system has none. */
export function memoryFolder(): string | undefined {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return undefined;
  }
}

import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckedCacheOptions } from './cache-options.ts';
import { ObjectCacheError } from './object-cache-error.ts';
import { ownerHasEnded, ownerName } from './owner-name.ts';

/** Files of processes that cannot be asked whether they run are taken away no earlier than this. */
const FOREIGN_AGE = 24 * 60 * 60 * 1000;
/** A program that runs for long cleans up again and again. */
const SWEEP_INTERVAL = 60 * 60 * 1000;

/** The folders on disk: objects that are kept, and below `runs` what belongs to one run each. */
export class CacheFolder {
  readonly path: string;
  readonly objects: string;
  readonly #runs: string;
  readonly #options: CheckedCacheOptions;
  #swept: Promise<void> | undefined;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: CheckedCacheOptions) {
    this.path = options.folder;
    this.objects = join(options.folder, 'objects');
    this.#runs = join(options.folder, 'runs');
    this.#options = options;
  }

  /**
   * A new folder for one run. Before the first one, and every hour, what processes that have ended left behind is taken away,
   * and what was not used for too long.
   *
   * @throws ObjectCacheError `folder-refused`
   */
  async openRun(): Promise<string> {
    // Each time anew, since temporary folders get cleaned up under programs that run for long.
    await this.call('be prepared', async () => {
      await mkdir(this.path, { recursive: true, mode: 0o700 }).catch(this.#tellCause);
      await this.#checkOwner();
      await mkdir(this.objects, { recursive: true, mode: 0o700 });
      await mkdir(this.#runs, { recursive: true, mode: 0o700 });
    });
    await this.#sweepInTime();
    const run = join(this.#runs, ownerName());
    await this.call('take a new folder', () => mkdir(run, { mode: 0o700 }));
    return run;
  }

  /** Runs a call to the file system. @throws ObjectCacheError that names the folder, with what the system said as its cause */
  async call<Value>(what: string, call: () => Promise<Value>): Promise<Value> {
    try {
      return await call();
    } catch (error) {
      if (ObjectCacheError.isInstance(error)) throw error;
      if (isFull(error)) throw new ObjectCacheError('no-space', `the disk of ${this.path} is full`, { cause: error });
      const { code = 'an error' } = error as NodeJS.ErrnoException;
      throw this.#refused(`cannot ${what} (${code})`, error);
    }
  }

  /** Where nothing can be written, making parents as well fails as if they were not there. */
  readonly #tellCause = async (error: NodeJS.ErrnoException): Promise<void> => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(this.path, { mode: 0o700 });
  };

  async #checkOwner(): Promise<void> {
    // A folder in a place where everybody can write may be somebody else's, or a link to somewhere else.
    const found = await (this.#options.named ? stat(this.path) : lstat(this.path));
    if (!found.isDirectory()) throw this.#refused('is no folder');
    const user = process.getuid?.();
    if (user === undefined) return;
    if (found.uid !== user) throw this.#refused(`belongs to user ${found.uid} and not to ${user}`);
    if ((found.mode & 0o022) !== 0) throw this.#refused('can be written by other users; its mode must be 0700');
  }

  async #sweepInTime(): Promise<void> {
    if (Date.now() - this.#sweptAt > SWEEP_INTERVAL) {
      this.#sweptAt = Date.now();
      this.#swept = Promise.all([this.#sweepRuns(), this.#sweepObjects()]).then(() => {});
    }
    await this.#swept?.catch((error: unknown) => {
      this.#sweptAt = Number.NEGATIVE_INFINITY;
      throw error;
    });
  }

  async #sweepRuns(): Promise<void> {
    const oldest = Date.now() - Math.max(FOREIGN_AGE, this.#options.maxAge);
    for (const name of await this.call('be listed', () => readdir(this.#runs))) {
      const run = join(this.#runs, name);
      const ended = ownerHasEnded(name) ?? (await isOlder(run, 'mtimeMs', oldest));
      // Another process may sweep at the same time; and what cannot be removed now will be the next time.
      if (ended) await rm(run, { recursive: true, force: true }).catch(() => {});
    }
  }

  async #sweepObjects(): Promise<void> {
    const oldest = Date.now() - this.#options.maxAge;
    for (const name of await this.call('be listed', () => readdir(this.objects))) {
      const file = join(this.objects, name);
      if (await isOlder(file, 'atimeMs', oldest)) await rm(file, { force: true });
    }
  }

  #refused(why: string, cause?: unknown): ObjectCacheError {
    const text = `the object cache's folder ${this.path} ${why}; name another one with the option "folder"`;
    return new ObjectCacheError('folder-refused', text, { cause });
  }
}

/** Whether an error says that there is no room left. */
export function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

async function isOlder(path: string, time: 'atimeMs' | 'mtimeMs', oldest: number): Promise<boolean> {
  try {
    return (await stat(path))[time] < oldest;
  } catch {
    // Gone already.
    return false;
  }
}

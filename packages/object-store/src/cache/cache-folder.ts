import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ObjectCacheError } from './object-cache-error.ts';

// The folder on disk, and which process each part of it belongs to.

/** Where the cache keeps objects on this machine, and how much of them. */
export interface ObjectCacheOptions {
  /** Default a folder for this user in the operating system's temporary directory. */
  readonly folder?: string;
  /** Most bytes of all cached objects, from 0; a larger object is kept for its run only. Default 4 GiB. */
  readonly maxBytes?: number;
  /** How long an unused object is kept, in milliseconds from 1; default seven days. */
  readonly maxAge?: number;
  /** Bytes of one request, from 64 KiB; default 8 MiB. */
  readonly partSize?: number;
  /** Most requests of one run at a time, from 1 to 64; default 8. */
  readonly concurrency?: number;
}

export type CheckedCacheOptions = Required<ObjectCacheOptions> & {
  /** Whether the program named the folder. */
  readonly named: boolean;
};

/** Least age, in milliseconds, at which files of a process on another machine are removed. */
const FOREIGN_AGE = 24 * 60 * 60 * 1000;
/** Milliseconds between two clean-ups in a long-running program. */
const SWEEP_INTERVAL = 60 * 60 * 1000;

/** The folders on disk: cached objects, and below `runs` one folder for each run. */
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
   * A new folder for one run. Before the first one, and every hour, it removes files of ended processes and objects
   * that have expired.
   *
   * @throws ObjectCacheError `folder-refused`
   */
  async openRun(): Promise<string> {
    // Every time, because temporary folders are cleaned up while long-running programs use them.
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

  /** Runs a call to the file system. @throws ObjectCacheError that names the folder, with the system's error as its cause */
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

  /** If nothing can be written, a recursive `mkdir` fails as if the parents were missing; this finds the real cause. */
  readonly #tellCause = async (error: NodeJS.ErrnoException): Promise<void> => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(this.path, { mode: 0o700 });
  };

  async #checkOwner(): Promise<void> {
    // In a world-writable directory, the folder may belong to another user or be a link.
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
      // Another process may sweep at the same time; the next sweep removes what this one cannot.
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

/** Whether an error says that the disk is full. */
export function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

async function isOlder(path: string, time: 'atimeMs' | 'mtimeMs', oldest: number): Promise<boolean> {
  try {
    return (await stat(path))[time] < oldest;
  } catch {
    // Another process has removed it.
    return false;
  }
}

/** Containers can share a folder and a host name, and each counts its processes from 1. */
const machine = `${hostname().replace(/[^a-zA-Z0-9-]/g, '-')}+${processNamespace()}`;

/** A new name that says which process it belongs to. */
function ownerName(): string {
  return [machine, process.pid, startOf(process.pid), randomUUID()].join('~');
}

/**
 * Whether the process that a name belongs to has ended; undefined if that is unknown, because it ran on another machine
 * or the name is not one of ours.
 */
function ownerHasEnded(name: string): boolean | undefined {
  const [owner, process, start] = name.split('~');
  const pid = Number(process);
  if (owner !== machine || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  // The system reuses the numbers of ended processes.
  return !isRunning(pid) || (start !== '' && startOf(pid) !== start);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in clock ticks since boot; empty if the system does not say. */
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program name is in parentheses and may contain any character.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '';
  }
}

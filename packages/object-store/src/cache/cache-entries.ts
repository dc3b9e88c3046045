import { constants } from 'node:fs';
import { copyFile, link, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheFolder } from './cache-folder.ts';

/** Milliseconds for which a count of the objects is used, unless the folder shows that another process has changed it. */
const COUNT_AGE = 10_000;

interface Entry {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

/** The cached objects. An object's last use is the access time of its file, which all processes see. */
export class CacheEntries {
  readonly #folder: CacheFolder;
  readonly #maxBytes: number;
  #entries = new Map<string, Entry>();
  #countedAt = Number.NEGATIVE_INFINITY;
  /** The folder's modification time after our last change; any other time means that another process changed it. */
  #changedAt: bigint | undefined;
  /** One change at a time, so that two do not claim the same space. */
  #changing: Promise<unknown> = Promise.resolve();

  /** @param maxBytes total size of all objects */
  constructor(folder: CacheFolder, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** Links a cached object to the caller's path. @returns false if it is not cached */
  async take(key: string, size: number, into: string): Promise<boolean> {
    const file = this.#file(key);
    try {
      await giveFile(file, into);
      if ((await stat(into)).size === size) {
        await this.#use(key, size);
        return true;
      }
    } catch (error) {
      if (isMissing(error)) return false;
      return this.#folder.call('be read', () => Promise.reject(error));
    }
    await Promise.all([rm(into, { force: true }), rm(file, { force: true })]);
    return false;
  }

  /** Keeps a complete file, unless it is larger than the limit; evicts the least recently used objects to make room. */
  add(key: string, file: string, size: number): Promise<void> {
    if (size > this.#maxBytes) return Promise.resolve();
    return this.#change(async () => {
      await this.#count();
      if (!this.#entries.has(key)) await this.#evict(this.#bytes() + size - this.#maxBytes);
      const staged = `${file}.kept`;
      await giveFile(file, staged);
      try {
        await rename(staged, this.#file(key));
      } finally {
        // A rename does nothing if both names already refer to one file.
        await rm(staged, { force: true });
      }
      await this.#use(key, size);
      this.#changedAt = await this.#folderTime();
    });
  }

  /** Evicts objects until that many bytes of the disk are free. @returns whether any became free */
  makeRoom(bytes: number): Promise<boolean> {
    return this.#change(async () => {
      await this.#count(true);
      return (await this.#evict(bytes, true)) > 0;
    });
  }

  async #use(key: string, size: number): Promise<void> {
    const now = new Date();
    this.#entries.set(key, { size, usedAt: now.getTime() });
    // Only the access time: an engine may treat a file with a new modification time as another file.
    await stat(this.#file(key))
      .then(({ mtime }) => utimes(this.#file(key), now, mtime))
      .catch(ignoreMissing);
  }

  #bytes(): number {
    return [...this.#entries.values()].reduce((sum, { size }) => sum + size, 0);
  }

  async #count(anew = false): Promise<void> {
    const now = Date.now();
    const isOurs = this.#changedAt === (await this.#folderTime());
    if (!anew && isOurs && now - this.#countedAt < COUNT_AGE) return;
    const keys = await readdir(this.#folder.objects);
    const found = await Promise.all(keys.map(async (key) => [key, await this.#look(key)] as const));
    this.#entries = new Map();
    for (const [key, entry] of found) if (entry !== undefined) this.#entries.set(key, entry);
    this.#countedAt = now;
  }

  /**
   * @param bytes number of bytes to evict
   * @param mustFree skips files that a run still reads, because evicting them would free no disk space
   */
  async #evict(bytes: number, mustFree = false): Promise<number> {
    let freed = 0;
    const candidates = [...this.#entries].sort(([, left], [, right]) => left.usedAt - right.usedAt);
    while (freed < bytes) {
      const [key, known] = candidates.shift() ?? [];
      if (key === undefined || known === undefined) break;
      const entry = await this.#look(key);
      if (entry === undefined) {
        this.#entries.delete(key);
        freed += mustFree ? 0 : known.size;
      } else if (entry.usedAt > known.usedAt) {
        // Another process has used it since it was counted.
        this.#entries.set(key, entry);
        const place = candidates.findIndex(([, { usedAt }]) => usedAt > entry.usedAt);
        candidates.splice(place === -1 ? candidates.length : place, 0, [key, entry]);
      } else if (!mustFree || entry.links === 1) {
        await rm(this.#file(key), { force: true });
        this.#entries.delete(key);
        freed += entry.size;
      }
    }
    return freed;
  }

  async #folderTime(): Promise<bigint> {
    return (await stat(this.#folder.objects, { bigint: true })).mtimeNs;
  }

  async #look(key: string): Promise<(Entry & { readonly links: number }) | undefined> {
    const found = await stat(this.#file(key)).catch(ignoreMissing);
    return found && { size: found.size, usedAt: found.atimeMs, links: found.nlink };
  }

  #change<Value>(change: () => Promise<Value>): Promise<Value> {
    const changed = this.#changing.then(() => this.#folder.call('be changed', change));
    this.#changing = changed.catch(() => {});
    return changed;
  }

  #file(key: string): string {
    return join(this.#folder.objects, key);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}

/** Error codes for a file that cannot have a second link. */
const unlinkable = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK']);

/** Links a file to a second name, so that its bytes stay when the first is removed; copies it where it cannot be linked. */
export async function giveFile(
  from: string,
  to: string,
  makeLink: (from: string, to: string) => Promise<void> = link,
): Promise<void> {
  try {
    await makeLink(from, to);
  } catch (error) {
    if (!unlinkable.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copy(from, to);
  }
}

async function copy(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(to, { force: true });
    throw error;
  }
}

import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { innerStore } from '../instrument/instrument-store.ts';
import type { ByteRange } from '../range/get-range.ts';
import { type CacheEntries, giveFile } from './cache-entries.ts';
import { Limiter, type SingleFlight } from './concurrency.ts';
import { ObjectCacheError } from './object-cache-error.ts';
import { type FillMeans, PartialFile } from './partial-file.ts';
import { cacheKey, type FetchOptions, isStrong, type LocalFile, type RemoteObject } from './remote-object.ts';

/** What the objects of all runs share. */
export interface SharedMeans {
  readonly entries: CacheEntries;
  /** For whole objects; the value is the file of the run that fetched it. */
  readonly flights: SingleFlight<string>;
}

/** One object, as far as one run has fetched it. */
export class RunObject {
  readonly #object: RemoteObject;
  readonly #file: string;
  readonly #partial: PartialFile;
  readonly #shared: SharedMeans;
  /** One call at a time: the second finds what the first fetched. */
  readonly #turns = new Limiter(1);
  /** Set once the whole object is local. */
  #path: string | undefined;
  #key: Promise<string | undefined> | undefined;

  /** @param name of its file, without an extension */
  constructor(
    object: RemoteObject,
    { folder, name, means, shared }: { folder: string; name: string; means: FillMeans; shared: SharedMeans },
  ) {
    this.#object = object;
    // Engines tell by the extension how a file is compressed.
    this.#file = join(folder, `${name}${extname(object.meta.path)}`);
    this.#partial = new PartialFile(join(folder, `${name}.partial`), object, means);
    this.#shared = shared;
  }

  /** The whole object. */
  fetch(options: FetchOptions): Promise<LocalFile> {
    return this.#turns.run(() => this.#fetch(options), options.signal);
  }

  /** A file of the object's size that holds the range; other bytes may be missing. */
  fetchRange(range: ByteRange, options: FetchOptions): Promise<LocalFile> {
    return this.#turns.run(() => this.#fetchRange(range, options), options.signal);
  }

  async #fetch(options: FetchOptions): Promise<LocalFile> {
    if (this.#path !== undefined) return this.#here(this.#path);
    const counted = countBytes(options);
    const path = await this.#whole(counted.options);
    this.#path = path;
    return this.#here(path, counted.bytes());
  }

  async #fetchRange(range: ByteRange, options: FetchOptions): Promise<LocalFile> {
    const { meta } = this.#object;
    const isWhole = range.start === 0 && range.end >= meta.size;
    // Without an etag, ranges could come from different states of the object.
    if (this.#path !== undefined || isWhole || !isStrong(meta.eTag)) return this.#fetch(options);
    const key = await this.#cacheKey();
    if (key !== undefined && (await this.#shared.entries.take(key, meta.size, this.#file))) {
      this.#path = this.#file;
      return this.#here(this.#path);
    }
    const counted = countBytes(options);
    await this.#partial.fill(range, counted.options);
    const bytesFetched = counted.bytes();
    return { path: this.#partial.path, bytesFetched, bytesCached: range.end - range.start - bytesFetched };
  }

  async #whole(options: FetchOptions): Promise<string> {
    const { size } = this.#object.meta;
    const key = await this.#cacheKey();
    if (key === undefined) return this.#download(options);
    const asker = { by: innerStore(this.#object.store), signal: options.signal };
    for (;;) {
      const { value, own } = await this.#shared.flights.run(key, asker, async () =>
        (await this.#shared.entries.take(key, size, this.#file)) ? this.#file : this.#keep(key, options),
      );
      if (own || (await isGiven(value, this.#file))) {
        await this.#partial.discard();
        return this.#file;
      }
    }
  }

  async #keep(key: string, options: FetchOptions): Promise<string> {
    const path = await this.#download(options);
    try {
      await this.#shared.entries.add(key, path, this.#object.meta.size);
    } catch (error) {
      // The run has its file. If the cache has no space for it, the file goes with the run, like one that is too large.
      if (!ObjectCacheError.isInstance(error) || error.code !== 'no-space') {
        await rm(path, { force: true });
        throw error;
      }
    }
    return path;
  }

  async #download(options: FetchOptions): Promise<string> {
    try {
      await this.#partial.fill({ start: 0, end: this.#object.meta.size }, options);
      await this.#partial.complete(this.#file);
      return this.#file;
    } catch (error) {
      await this.#partial.discard();
      throw error;
    }
  }

  #cacheKey(): Promise<string | undefined> {
    this.#key ??= cacheKey(this.#object);
    return this.#key;
  }

  #here(path: string, bytesFetched = 0): LocalFile {
    return { path, bytesFetched, bytesCached: Math.max(0, this.#object.meta.size - bytesFetched) };
  }
}

/** Whether another run's file could be linked; that run may have ended in the meantime. */
async function isGiven(from: string, to: string): Promise<boolean> {
  try {
    await giveFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function countBytes(options: FetchOptions): { readonly options: FetchOptions; readonly bytes: () => number } {
  let total = 0;
  const onBytes = (bytes: number): void => {
    total += bytes;
    options.onBytes?.(bytes);
  };
  return { options: { ...options, onBytes }, bytes: () => total };
}

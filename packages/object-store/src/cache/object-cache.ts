import { rm } from 'node:fs/promises';
import type { ByteRange } from '../range/get-range.ts';
import { CacheEntries } from './cache-entries.ts';
import { CacheFolder } from './cache-folder.ts';
import { type CheckedCacheOptions, checkedCacheOptions, type ObjectCacheOptions } from './cache-options.ts';
import { inParallel, Limiter, SingleFlight } from './concurrency.ts';
import { ObjectCacheError } from './object-cache-error.ts';
import type { FillMeans } from './partial-file.ts';
import type { FetchOptions, LocalFile, RemoteObject } from './remote-object.ts';
import { RunObject, type SharedMeans } from './run-object.ts';

const key: unique symbol = Symbol.for('planscope.object-store.cache-flights');

/** By folder: two caches of one process, and two copies of this package, may share one. */
const holder = globalThis as { [key]?: Map<string, SingleFlight<string>> };

/**
 * Objects kept on this machine, for engines that read files. What is kept is found by its store, URL, etag and size, so a
 * copy of an object that has changed is never given out; any number of runs and processes may share a folder.
 */
export class ObjectCache {
  /** Where the objects are kept. */
  readonly folder: string;
  readonly #options: CheckedCacheOptions;
  readonly #folder: CacheFolder;
  readonly #entries: CacheEntries;

  /**
   * Touches no file yet.
   *
   * @throws ObjectCacheError `invalid-option`
   */
  constructor(options: ObjectCacheOptions = {}) {
    this.#options = checkedCacheOptions(options);
    this.folder = this.#options.folder;
    this.#folder = new CacheFolder(this.#options);
    this.#entries = new CacheEntries(this.#folder, this.#options.maxBytes);
  }

  /** The files of one run; to be closed at its end. */
  open(): LocalObjects {
    holder[key] ??= new Map();
    const flights = holder[key].get(this.folder) ?? new SingleFlight<string>();
    holder[key].set(this.folder, flights);
    return new LocalObjects(this.#folder, this.#options, { entries: this.#entries, flights });
  }
}

/**
 * Local files of remote objects, for one run. Whatever becomes of the cache, they stay until they are closed; a folder for
 * them is made when the first is asked for.
 */
export class LocalObjects implements AsyncDisposable {
  readonly #folder: CacheFolder;
  readonly #options: CheckedCacheOptions;
  readonly #shared: SharedMeans;
  readonly #limiter: Limiter;
  readonly #objects = new Map<string, RunObject>();
  /** So that objects of one URL in two stores are two. */
  readonly #stores = new Map<unknown, number>();
  readonly #pending = new Set<Promise<unknown>>();
  #run: Promise<string> | undefined;
  #closing: Promise<void> | undefined;

  /** @internal the cache opens them */
  constructor(folder: CacheFolder, options: CheckedCacheOptions, shared: SharedMeans) {
    this.#folder = folder;
    this.#options = options;
    this.#shared = shared;
    this.#limiter = new Limiter(options.concurrency);
  }

  /**
   * The whole object as a local file: the one that is kept, where there is one in this state, else fetched in parts side
   * by side.
   *
   * @throws ObjectStoreError Precondition when the object has changed since it was described, and whatever its store says
   * @throws ObjectCacheError `no-space`, `folder-refused`, `closed`
   */
  fetch(object: RemoteObject, options: FetchOptions = {}): Promise<LocalFile> {
    return this.#track(async () => (await this.#objectOf(object)).fetch(options));
  }

  /** Fetches several objects; the first failure stops the rest. @throws as `fetch` */
  fetchAll(objects: readonly RemoteObject[], options: FetchOptions = {}): Promise<LocalFile[]> {
    const { concurrency } = this.#options;
    const fetch = (object: RemoteObject, signal: AbortSignal): Promise<LocalFile> =>
      this.fetch(object, { ...options, signal });
    return this.#track(() => inParallel(objects, concurrency, fetch, options.signal));
  }

  /**
   * A file of the object's size that holds a range of it at its place; anything else may be missing, and is not fetched
   * twice when it is asked for later.
   *
   * @throws as `fetch`
   */
  fetchRange(object: RemoteObject, range: ByteRange, options: FetchOptions = {}): Promise<LocalFile> {
    return this.#track(async () => (await this.#objectOf(object)).fetchRange(range, options));
  }

  /** Waits for what is still being fetched, then takes the files away. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    const run = await this.#run?.catch(() => undefined);
    if (run !== undefined) await rm(run, { recursive: true, force: true });
  }

  async #objectOf(object: RemoteObject): Promise<RunObject> {
    const { store, meta } = object;
    if (!this.#stores.has(store)) this.#stores.set(store, this.#stores.size);
    const key = JSON.stringify([this.#stores.get(store), meta.path, meta.eTag, meta.size]);
    const folder = await this.#openRun();
    let known = this.#objects.get(key);
    if (known === undefined) {
      const name = `input-${this.#objects.size + 1}`;
      known = new RunObject(object, { folder, name, means: this.#means, shared: this.#shared });
      this.#objects.set(key, known);
    }
    return known;
  }

  get #means(): FillMeans {
    return {
      folder: this.#folder,
      partSize: this.#options.partSize,
      concurrency: this.#options.concurrency,
      limiter: this.#limiter,
      makeRoom: (bytes) => this.#shared.entries.makeRoom(bytes),
    };
  }

  #openRun(): Promise<string> {
    this.#run ??= this.#folder.openRun().catch((error: unknown) => {
      this.#run = undefined;
      throw error;
    });
    return this.#run;
  }

  #track<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#closing !== undefined) {
      return Promise.reject(new ObjectCacheError('closed', 'these local files were closed; open others'));
    }
    const working = work();
    this.#pending.add(working);
    return working.finally(() => this.#pending.delete(working));
  }
}

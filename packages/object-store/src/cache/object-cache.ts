import { rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { ByteRange } from '../range/get-range.ts';
import { CacheEntries } from './cache-entries.ts';
import { CacheFolder, type CheckedCacheOptions, type ObjectCacheOptions } from './cache-folder.ts';
import { inParallel, Limiter, SingleFlight } from './concurrency.ts';
import { ObjectCacheError } from './object-cache-error.ts';
import type { FillMeans } from './partial-file.ts';
import type { FetchOptions, LocalFile, RemoteObject } from './remote-object.ts';
import { RunObject, type SharedMeans } from './run-object.ts';

const key: unique symbol = Symbol.for('planscope.object-store.cache-flights');

/** Keyed by folder: two caches of one process, and two copies of this package, may share one. */
const holder = globalThis as { [key]?: Map<string, SingleFlight<string>> };

/**
 * Objects cached on this machine, for engines that read files. The key is store, URL, etag and size, so the cache never
 * returns a copy of an object that has changed. Any number of runs and processes may share a folder.
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

  /** The files of one run; close them at its end. */
  open(): LocalObjects {
    holder[key] ??= new Map();
    const flights = holder[key].get(this.folder) ?? new SingleFlight<string>();
    holder[key].set(this.folder, flights);
    return new LocalObjects(this.#folder, this.#options, { entries: this.#entries, flights });
  }
}

/**
 * Local files of remote objects, for one run. They stay until they are closed, even if the cache evicts the objects.
 * The first request creates their folder.
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
   * The whole object as a local file: from the cache if it holds this state of the object, else fetched in
   * concurrent parts.
   *
   * @throws ObjectStoreError Precondition when the object has changed since it was described, and any error of its store
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
   * A file of the object's size that holds a range of it at its offset. Other bytes may be missing; later calls fetch
   * only those.
   *
   * @throws as `fetch`
   */
  fetchRange(object: RemoteObject, range: ByteRange, options: FetchOptions = {}): Promise<LocalFile> {
    return this.#track(async () => (await this.#objectOf(object)).fetchRange(range, options));
  }

  /** Waits for running fetches, then removes the files. */
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

const KIB = 1024;
const DAY = 24 * 60 * 60 * 1000;

const numbers = {
  maxBytes: { default: 4 * KIB ** 3, from: 0, to: Number.MAX_SAFE_INTEGER, unit: 'bytes' },
  maxAge: { default: 7 * DAY, from: 1, to: Number.MAX_SAFE_INTEGER, unit: 'milliseconds' },
  partSize: { default: 8 * KIB ** 2, from: 64 * KIB, to: Number.MAX_SAFE_INTEGER, unit: 'bytes' },
  concurrency: { default: 8, from: 1, to: 64, unit: 'requests' },
} as const;

type NumberField = keyof typeof numbers;

/** @throws ObjectCacheError `invalid-option` that names the field, its value and what is allowed */
function checkedCacheOptions(options: ObjectCacheOptions): CheckedCacheOptions {
  refuseUnknown(options);
  const { folder } = options;
  if (folder !== undefined && (typeof folder !== 'string' || folder === '')) {
    throw invalid('folder', folder, 'it must be the path of a folder');
  }
  return {
    folder: folder === undefined ? defaultFolder() : resolve(folder),
    named: folder !== undefined,
    maxBytes: checked('maxBytes', options),
    maxAge: checked('maxAge', options),
    partSize: checked('partSize', options),
    concurrency: checked('concurrency', options),
  };
}

function checked(field: NumberField, options: ObjectCacheOptions): number {
  const { default: standard, from, to, unit } = numbers[field];
  const value = options[field] ?? standard;
  if (Number.isSafeInteger(value) && value >= from && value <= to) return value;
  const upTo = to === Number.MAX_SAFE_INTEGER ? 'up' : `to ${to}`;
  throw invalid(field, value, `it must be a whole number of ${unit} from ${from} ${upTo}`);
}

function refuseUnknown(options: ObjectCacheOptions): void {
  if (typeof options !== 'object' || options === null) {
    const text = `the options of the object cache are ${JSON.stringify(options)}; they must be an object`;
    throw new ObjectCacheError('invalid-option', text);
  }
  const known = ['folder', ...Object.keys(numbers)];
  const unknown = Object.keys(options).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  throw new ObjectCacheError(
    'invalid-option',
    `option "${unknown}" of the object cache is unknown; use ${known.join(', ')}`,
  );
}

function invalid(field: string, value: unknown, right: string): ObjectCacheError {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return new ObjectCacheError('invalid-option', `option "${field}" of the object cache is ${shown}; ${right}`);
}

function defaultFolder(): string {
  // A user of a container often has a number and no name.
  return join(tmpdir(), `planscope-cache-${process.getuid?.() ?? userInfo().username}`);
}

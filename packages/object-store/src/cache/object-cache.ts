import { CacheEntries } from './cache-entries.ts';
import { CacheFolder } from './cache-folder.ts';
import { type CheckedCacheOptions, checkedCacheOptions, type ObjectCacheOptions } from './cache-options.ts';
import { LocalObjects } from './local-objects.ts';
import { SingleFlight } from './single-flight.ts';

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

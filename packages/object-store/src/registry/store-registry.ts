import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CallOptions, ObjectMeta } from '../contract/store-calls.ts';
import { FileStore } from '../file/file-store.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { comparePaths, type ObjectPath, parsePath } from '../path/object-path.ts';
import { findObjects } from './find-objects.ts';
import { canonicalScheme, knownSchemes, objectUrl, parseLocation, type StoreBase } from './parse-location.ts';

/** Makes the store of a bucket or container when a location first names it. */
export type StoreFactory = (base: StoreBase) => ObjectStore;

/** Which stores a registry has and creates. */
export interface StoreRegistryOptions {
  /** By scheme, for example `{ s3: s3Stores() }`; the program may add its own schemes. */
  readonly factories?: Readonly<Record<string, StoreFactory>>;
  /** Initial stores, each for the locations that begin with its base URL. */
  readonly stores?: readonly ObjectStore[];
  /** Base of relative file paths; default the working directory of the process at each call. */
  readonly workingDirectory?: string;
}

/** Where a location leads. */
export interface ResolvedLocation {
  readonly store: ObjectStore;
  readonly path: ObjectPath;
  /** Set if the location has a wildcard; `findObjects` takes both. */
  readonly pattern?: string;
  /** The location in one form for all its spellings; holds no credentials. */
  readonly url: string;
}

/** An object that a location or pattern leads to. */
export interface FoundObject {
  readonly store: ObjectStore;
  readonly path: ObjectPath;
  readonly url: string;
  readonly meta: ObjectMeta;
}

/** Finds the store of any location: `data/*.parquet`, `file:///data/x.csv`, `s3://bucket/key`, `memory:///x`. */
export interface StoreRegistry {
  /** Schemes of all locations it takes, sorted. */
  readonly schemes: readonly string[];
  /** The stores so far, in order of base URL, each once. */
  stores(): ObjectStore[];
  /**
   * Adds a store.
   *
   * @throws ObjectStoreError AlreadyExists for a base URL that has another store, InvalidPath for one no location has
   */
  register(store: ObjectStore): void;
  /**
   * The store and path of a location, without a request.
   *
   * @throws ObjectStoreError NotSupported for an unknown scheme or one without a factory, InvalidPath
   */
  resolve(location: string | URL): ResolvedLocation;
  /**
   * The objects at a location, wildcards expanded, in order of path.
   *
   * @throws ObjectStoreError as `resolve`; NotFound where the location has no wildcard and nothing is there
   */
  expand(location: string | URL, options?: CallOptions): AsyncIterable<FoundObject>;
}

/** A registry with the stores for files and memory built in. */
export function createStoreRegistry(options: StoreRegistryOptions = {}): StoreRegistry {
  return new MapRegistry(options);
}

class MapRegistry implements StoreRegistry {
  readonly schemes: readonly string[];
  readonly #factories: Map<string, StoreFactory>;
  readonly #known: ReadonlySet<string>;
  readonly #workingDirectory: string | undefined;
  readonly #stores = new Map<string, ObjectStore>();

  constructor({ factories = {}, stores = [], workingDirectory }: StoreRegistryOptions) {
    const entries = Object.entries(factories).map(([scheme, factory]) => [canonicalScheme(scheme), factory] as const);
    this.#factories = new Map<string, StoreFactory>([
      ['file', ({ baseUrl }) => new FileStore({ root: fileURLToPath(baseUrl) })],
      ['memory', ({ baseUrl }) => new MemoryStore({ baseUrl })],
      ...entries,
    ]);
    const builtIn = knownSchemes.flatMap(({ scheme, aliases }) => [scheme, ...aliases]);
    this.#known = new Set([...builtIn, ...this.#factories.keys(), ...stores.map(schemeOf)]);
    this.schemes = [...this.#known].sort();
    this.#workingDirectory = workingDirectory;
    for (const store of stores) this.register(store);
  }

  stores(): ObjectStore[] {
    return [...this.#stores.entries()].sort(([left], [right]) => comparePaths(left, right)).map(([, store]) => store);
  }

  register(store: ObjectStore): void {
    const { base, path } = this.#parse(store.baseUrl);
    if (base.baseUrl !== store.baseUrl || path !== '') {
      const text = `no location begins with the base URL ${store.baseUrl}; it would be ${base.baseUrl}`;
      throw new ObjectStoreError('InvalidPath', text, { store: store.name });
    }
    const present = this.#stores.get(base.baseUrl);
    if (present !== undefined && present !== store) {
      const text = `another store is registered for ${base.baseUrl}`;
      throw new ObjectStoreError('AlreadyExists', text, { store: store.name });
    }
    this.#stores.set(base.baseUrl, store);
  }

  resolve(location: string | URL): ResolvedLocation {
    const { base, path: written, pattern } = this.#parse(location);
    const path = parsePath(written);
    const store = this.#stores.get(base.baseUrl) ?? this.#create(base);
    return { store, path, ...(pattern === undefined ? {} : { pattern }), url: objectUrl(store, path) };
  }

  async *expand(location: string | URL, options: CallOptions = {}): AsyncGenerator<FoundObject> {
    const resolved = this.resolve(location);
    const { store } = resolved;
    for await (const meta of findObjects(resolved, options)) {
      yield { store, path: meta.path, url: objectUrl(store, meta.path), meta };
    }
  }

  #parse(location: string | URL): ReturnType<typeof parseLocation> {
    const text = location instanceof URL ? textOf(location) : location;
    return parseLocation(text, this.#workingDirectory ?? process.cwd(), this.#known);
  }

  #create(base: StoreBase): ObjectStore {
    const factory = this.#factories.get(base.scheme);
    if (factory === undefined) throw missingFactory(base.scheme);
    const store = factory(base);
    this.#stores.set(base.baseUrl, store);
    return store;
  }
}

/** A URL object encodes what it holds; a location other than `file:` is taken as it is. */
function textOf(url: URL): string {
  return url.protocol === 'file:' ? url.href : decodeURI(url.href);
}

function schemeOf(store: ObjectStore): string {
  return store.baseUrl.slice(0, store.baseUrl.indexOf(':'));
}

function missingFactory(scheme: string): ObjectStoreError {
  const factory = knownSchemes.find((known) => known.scheme === scheme)?.factory;
  const text =
    factory === undefined
      ? `no store is registered for scheme "${scheme}"; pass createStoreRegistry a factory for it`
      : `no store is registered for scheme "${scheme}"; install ${factory.install} and pass createStoreRegistry({ factories: { ${scheme}: ${factory.name}() } }), with ${factory.name} from ${factory.from}`;
  return new ObjectStoreError('NotSupported', text);
}

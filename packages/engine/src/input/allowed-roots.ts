import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { isBelow, type ObjectStore, type ResolvedLocation, type StoreRegistry } from '@planscope/object-store';
import { SpecError } from '../spec/spec-error.ts';

/** The store and the path of a location. */
export interface Place {
  readonly store: ObjectStore;
  readonly path: string;
}

/** The folders that all locations of specifications must be in. */
export class AllowedRoots {
  readonly #roots: readonly ResolvedLocation[];
  readonly #written: readonly string[];

  /**
   * @param locations paths and URLs of folders, without wildcards
   * @throws RangeError for a location with a wildcard, ObjectStoreError for an invalid location
   */
  constructor(locations: readonly string[], stores: StoreRegistry) {
    this.#written = locations;
    this.#roots = locations.map((location, index) => {
      const resolved = stores.resolve(location);
      if (resolved.pattern === undefined) return resolved;
      const text = `allowedRoots[${index}]: ${JSON.stringify(location)} has a wildcard; give a folder`;
      throw new RangeError(`[planscope/engine] ${text}`);
    });
  }

  /** The URLs of the folders in stores, each with a slash at the end. */
  get urls(): string[] {
    return this.#roots.flatMap(({ store, path, url }) => {
      if (store.localPath?.(path) !== undefined) return [];
      return url.endsWith('/') ? url : `${url}/`;
    });
  }

  /** The local folders, with links resolved. */
  async directories(): Promise<string[]> {
    const files = this.#roots.flatMap(({ store, path }) => store.localPath?.(path) ?? []);
    return Promise.all(files.map(realPath));
  }

  /**
   * Checks that a location is in one of the folders, after links and `..` are resolved.
   *
   * @param field field of the location in the specification
   * @throws SpecError `outside-roots`
   */
  async check(field: string, location: string, { store, path }: Place): Promise<void> {
    const file = store.localPath?.(path);
    const isAllowed =
      file === undefined ? this.#holds({ store, path }) : isUnder(await realPath(file), await this.directories());
    if (isAllowed) return;
    const roots = this.#written.length === 0 ? 'none, because the list is empty' : this.#written.join(', ');
    const text = `${JSON.stringify(location)} is outside of what the program permits with allowedRoots: ${roots}`;
    throw new SpecError('outside-roots', field, text);
  }

  #holds({ store, path }: Place): boolean {
    return this.#roots.some(
      (root) => root.store.baseUrl === store.baseUrl && (path === root.path || isBelow(path, root.path)),
    );
  }
}

function isUnder(file: string, directories: readonly string[]): boolean {
  return directories.some((directory) => {
    const way = relative(directory, file);
    return way !== '..' && !way.startsWith(`..${sep}`);
  });
}

/** The path with links resolved, as far as it exists. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(path) === path) throw error;
    return join(await realPath(dirname(path)), basename(path));
  }
}

import { randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FetchOptions, type LocalFile, type LocalObjects, ObjectCache } from '@planscope/object-store';
import type { InputObject } from './input-source.ts';
import { fetchParquetFooter } from './parquet-footer.ts';

/** The local files of one run: objects that had to be brought here, and outputs before they are uploaded. */
export class Staging {
  /** Folder of the run, for files that others name; exists once `makeFolder` has resolved. */
  readonly folder: string;
  readonly #objects: LocalObjects;
  #making: Promise<void> | undefined;

  /**
   * @param cache where remote objects are kept; without one they are brought into the folder of the run
   * @param base where the folder of the run is made
   */
  constructor(cache: ObjectCache | undefined, base: string = tmpdir()) {
    this.folder = join(base, `planscope-run-${randomUUID()}`);
    this.#objects = (cache ?? new ObjectCache({ folder: join(this.folder, 'inputs'), maxBytes: 0 })).open();
  }

  /** Makes the folder, for callers that put files in it. */
  makeFolder(): Promise<void> {
    this.#making ??= mkdir(this.folder, { mode: 0o700 });
    return this.#making;
  }

  /**
   * The objects as local files, in their order; those that are local already are read in place.
   *
   * @throws ObjectStoreError when one cannot be read, or is another one than when the run was planned
   */
  async fetch(objects: readonly InputObject[], options: FetchOptions): Promise<LocalFile[]> {
    const fetched = await this.#objects.fetchAll(
      objects.filter((object) => pathInPlace(object) === undefined),
      options,
    );
    const remaining = fetched.values();
    return objects.map((object) => {
      const path = pathInPlace(object);
      if (path !== undefined) return { path, bytesFetched: 0, bytesCached: 0 };
      return remaining.next().value as LocalFile;
    });
  }

  /**
   * A local file that says what columns a Parquet object has. Of a remote one it holds the footer at its place, and maybe
   * nothing else.
   *
   * @throws ObjectStoreError as `fetch`
   */
  async fetchFooter(object: InputObject, options: FetchOptions): Promise<string> {
    return pathInPlace(object) ?? (await fetchParquetFooter(this.#objects, object, options));
  }

  /** Waits for what is still being brought here, and takes every file of the run away. */
  async dispose(): Promise<void> {
    await this.#objects.close();
    await this.#making?.catch(() => {});
    await rmdir(this.folder).catch(async (error: NodeJS.ErrnoException) => {
      // Most runs leave it empty or unmade, which rmdir handles faster than rm.
      if (error.code !== 'ENOENT') await rm(this.folder, { recursive: true, force: true });
    });
  }
}

/** The local path of an object that is already a file on this machine. */
export function pathInPlace({ store, meta }: InputObject): string | undefined {
  return store.localPath?.(meta.path);
}

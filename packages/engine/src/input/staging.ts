import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FetchOptions,
  type LocalFile,
  type LocalObjects,
  ObjectCache,
  type RemoteObject,
} from '@planscope/object-store';
import type { InputObject } from './input-source.ts';

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

/** Holds the whole footer of nearly every file, and costs no more than a smaller request. */
const FIRST_READ = 64 * 1024;
/** Length of the metadata in four bytes, then `PAR1`. */
const TRAILER = 8;

/**
 * A file of the object's size that holds its footer, read with one request, or two where the footer is long. What is no
 * Parquet file is left for anyone who reads it to say so.
 */
async function fetchParquetFooter(files: LocalObjects, object: RemoteObject, options: FetchOptions): Promise<string> {
  const { size } = object.meta;
  const end = (bytes: number): { start: number; end: number } => ({ start: Math.max(0, size - bytes), end: size });
  const { path } = await files.fetchRange(object, end(FIRST_READ), options);
  const footer = await footerLength(path, size);
  if (footer === undefined || footer <= FIRST_READ) return path;
  return (await files.fetchRange(object, end(footer), options)).path;
}

async function footerLength(path: string, size: number): Promise<number | undefined> {
  if (size < TRAILER) return undefined;
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(TRAILER), 0, TRAILER, size - TRAILER);
    const length = buffer.readUInt32LE(0) + TRAILER;
    return buffer.toString('latin1', 4) === 'PAR1' && length <= size ? length : undefined;
  } finally {
    await handle.close();
  }
}

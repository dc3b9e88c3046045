import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, rmdir, symlink } from 'node:fs/promises';
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

/** The local files of one run: fetched objects, and outputs before they are uploaded. */
export class Staging {
  /** Folder of the run, for files that callers name themselves; exists after `makeFolder` has resolved. */
  readonly folder: string;
  readonly #objects: LocalObjects;
  #making: Promise<void> | undefined;

  /**
   * @param cache cache for remote objects; without it, they are fetched into the folder of the run
   * @param base parent of the folder of the run
   */
  constructor(cache: ObjectCache | undefined, base: string = tmpdir()) {
    this.folder = join(base, `planscope-run-${randomUUID()}`);
    this.#objects = (cache ?? new ObjectCache({ folder: join(this.folder, 'inputs'), maxBytes: 0 })).open();
  }

  /** Creates the folder, for callers that put files in it. */
  makeFolder(): Promise<void> {
    // The cache may have created it for the inputs.
    this.#making ??= mkdir(this.folder, { mode: 0o700, recursive: true }).then(() => {});
    return this.#making;
  }

  /**
   * Fetches objects as local files and returns them in the same order. Objects that are already local are used in
   * place.
   *
   * @throws ObjectStoreError if an object cannot be read, or has changed since the run was planned
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
   * A local file with the footer of a Parquet object, which has its columns. For a remote object, the file may contain
   * nothing except the footer, at its original offset.
   *
   * @throws ObjectStoreError like `fetch`
   */
  async fetchFooter(object: InputObject, options: FetchOptions): Promise<string> {
    return pathInPlace(object) ?? (await fetchParquetFooter(this.#objects, object, options));
  }

  /**
   * Links a file under a path that DuckDB does not take for a pattern.
   *
   * @returns path of the link
   */
  async link(path: string): Promise<string> {
    await this.makeFolder();
    const link = join(this.folder, `linked-${randomUUID()}`);
    await symlink(path, link);
    return link;
  }

  /** Waits for running fetches and removes all files of the run. */
  async dispose(): Promise<void> {
    await this.#objects.close();
    await this.#making?.catch(() => {});
    await rmdir(this.folder).catch(async (error: NodeJS.ErrnoException) => {
      // Try rmdir first: it is faster than rm, and most runs leave the folder empty or do not create it.
      if (error.code !== 'ENOENT') await rm(this.folder, { recursive: true, force: true });
    });
  }
}

/** The local path of an object that is already a file on this machine. */
export function pathInPlace({ store, meta }: InputObject): string | undefined {
  return store.localPath?.(meta.path);
}

/** Bytes of the first request: enough for nearly every footer, and no slower than a smaller request. */
const FIRST_READ = 64 * 1024;
/** Bytes at the end of a Parquet file: the length of the metadata in four bytes, then `PAR1`. */
const TRAILER = 8;

/**
 * A file of the object's size that contains its footer, fetched with one request, or two for a long footer. An object
 * that is not a Parquet file is not detected here; reading it fails.
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

// A file as an object: its metadata, how it is opened and read, and what the file system's errors mean.

import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ObjectStoreError, type ObjectStoreErrorKind } from '../contract/object-store-error.ts';
import type { ObjectMeta } from '../contract/store-calls.ts';
import type { ObjectPath } from '../path/object-path.ts';
import type { ByteRange } from '../range/get-range.ts';

/** The metadata of an object. The etag combines inode, modification time in nanoseconds, and size. */
export function fileMeta(path: ObjectPath, stats: BigIntStats): ObjectMeta & { readonly eTag: string } {
  return {
    path,
    size: Number(stats.size),
    lastModified: new Date(Number(stats.mtimeMs)),
    eTag: [stats.ino, stats.mtimeNs, stats.size].map((value) => value.toString(16)).join('-'),
  };
}

/** Without it, opening a named pipe would wait for a writer. Windows has neither. */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a regular file to read. One handle reads one state of the object, even if a writer replaces it.
 *
 * @throws ObjectStoreError NotFound also for a directory, a device, a pipe
 */
export async function openObject(
  file: string,
  where: { readonly store: string; readonly path: string },
): Promise<{ handle: FileHandle; stats: BigIntStats }> {
  const handle = await fileCall(where, () => open(file, readFlags));
  try {
    const stats = await fileCall(where, () => handle.stat({ bigint: true }));
    checkRegular(stats, where);
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @throws ObjectStoreError NotFound for anything but a regular file */
export function checkRegular(stats: BigIntStats, where: { readonly store: string; readonly path: string }): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory() ? 'a directory' : 'no regular file';
  throw new ObjectStoreError('NotFound', `there is no such object; ${what} is at this path`, where);
}

const chunkSize = 256 * 1024;

/** A range of an open file in chunks, each read on request; closes the file at the end, on failure and on abort. */
export class FileChunks implements AsyncIterator<Uint8Array> {
  readonly #handle: FileHandle;
  readonly #end: number;
  readonly #where: { readonly store: string; readonly path: string };
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.#close().catch(() => undefined);
  #position: number;
  #closing: Promise<void> | undefined;

  constructor(
    handle: FileHandle,
    range: ByteRange,
    where: { readonly store: string; readonly path: string },
    signal: AbortSignal | undefined,
  ) {
    this.#handle = handle;
    this.#position = range.start;
    this.#end = range.end;
    this.#where = where;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#position >= this.#end) return this.return();
    try {
      this.#signal?.throwIfAborted();
      if (this.#closing !== undefined) return { done: true, value: undefined };
      const chunk = await this.#read();
      this.#position += chunk.byteLength;
      if (this.#position >= this.#end) await this.#close();
      return { done: false, value: chunk };
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  async #read(): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.min(chunkSize, this.#end - this.#position));
    const { bytesRead } = await fileCall(this.#where, () =>
      this.#handle.read(buffer, 0, buffer.byteLength, this.#position),
    );
    if (bytesRead > 0) return buffer.subarray(0, bytesRead);
    throw new ObjectStoreError(
      'Generic',
      `the file ends at ${this.#position}; it was cut while it was read`,
      this.#where,
    );
  }

  #close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }
}

const meanings: Readonly<Record<string, readonly [ObjectStoreErrorKind, string]>> = {
  ENOENT: ['NotFound', 'there is no such object'],
  ENOTDIR: ['NotFound', 'there is no such object; a part of its path is a file'],
  EEXIST: ['AlreadyExists', 'there is an object already'],
  EACCES: ['PermissionDenied', 'the file system does not permit this'],
  EPERM: ['PermissionDenied', 'the file system does not permit this'],
  EROFS: ['PermissionDenied', 'the file system can only be read'],
  ENAMETOOLONG: ['InvalidPath', 'the path is longer than the file system takes'],
  EISDIR: ['Generic', 'there is a directory at this path'],
  ENOTEMPTY: ['Generic', 'there is a directory at this path'],
  ENOSPC: ['Generic', 'the disk is full'],
  EDQUOT: ['Generic', 'the quota is used up'],
};

/**
 * Runs one call to the file system; wraps its error in an ObjectStoreError.
 *
 * @throws ObjectStoreError
 */
export async function fileCall<Value>(
  where: { readonly store: string; readonly path: string },
  call: () => Promise<Value>,
): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    throw fileError(error, where);
  }
}

/** The same items; wraps errors of the file system in an ObjectStoreError. */
export async function* withFileErrors<Item>(
  items: AsyncIterable<Item>,
  where: { readonly store: string; readonly path: string },
): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let result = await fileCall(where, () => iterator.next()); !result.done; ) {
      yield result.value;
      result = await fileCall(where, () => iterator.next());
    }
  } finally {
    await iterator.return?.();
  }
}

function fileError(error: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const [kind, text] = meanings[code] ?? ['Generic', `the file system refused${code === '' ? '' : `: ${code}`}`];
  return new ObjectStoreError(kind, text, { ...where, cause: error });
}

/** Whether a file system error means that the file does not exist. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

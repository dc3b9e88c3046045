import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import { type ByteRange, formatRange } from '../range/get-range.ts';
import { type CacheFolder, isFull } from './cache-folder.ts';
import { inParallel, type Limiter } from './concurrency.ts';
import { ObjectCacheError } from './object-cache-error.ts';
import { type FetchOptions, isStrong, overwritten, type RemoteObject } from './remote-object.ts';

/** What a partial file needs to fetch its bytes. */
export interface FillMeans {
  readonly folder: CacheFolder;
  readonly partSize: number;
  readonly concurrency: number;
  /** Bounds the requests of all files of a run. */
  readonly limiter: Limiter;
  /** Frees space on the disk; false if nothing can be evicted. */
  readonly makeRoom: (bytes: number) => Promise<boolean>;
}

/** A file of an object's size that holds only the ranges fetched so far. */
export class PartialFile {
  readonly path: string;
  readonly #object: RemoteObject;
  readonly #means: FillMeans;
  #coverage = new ByteCoverage();
  #created = false;
  #makingRoom: Promise<boolean> | undefined;

  constructor(path: string, object: RemoteObject, means: FillMeans) {
    this.path = path;
    this.#object = object;
    this.#means = means;
  }

  /**
   * Fetches the missing bytes of a range, in concurrent parts.
   *
   * @throws ObjectStoreError Precondition when the object has changed; ObjectCacheError `no-space`
   */
  async fill(range: ByteRange, options: FetchOptions): Promise<void> {
    const { partSize, concurrency, limiter } = this.#means;
    // Parts of different states of an object cannot be told apart without an etag.
    const pieceSize = isStrong(this.#object.meta.eTag) ? partSize : Number.POSITIVE_INFINITY;
    const { size } = this.#object.meta;
    const parts = size === 0 ? [{ start: 0, end: 0 }] : this.#coverage.missing(range, pieceSize);
    if (parts.length === 0) return;
    const handle = await this.#open();
    try {
      await inParallel(
        parts,
        concurrency,
        (part, signal) => limiter.run(() => this.#fetch(handle, part, { ...options, signal }), signal),
        options.signal,
      );
      // Syncs first: a crash of the machine could leave zeros in a kept file.
      await this.#means.folder.call('be written to', () => handle.datasync());
    } finally {
      await handle.close();
    }
  }

  /** Renames the complete file to its final name. */
  async complete(path: string): Promise<void> {
    await this.#means.folder.call('be written to', () => rename(this.path, path));
    this.#created = false;
  }

  async discard(): Promise<void> {
    this.#created = false;
    this.#coverage = new ByteCoverage();
    await rm(this.path, { force: true });
  }

  async #open(): Promise<FileHandle> {
    return this.#means.folder.call('be written to', async () => {
      if (this.#created) return open(this.path, 'r+');
      const handle = await open(this.path, 'wx', 0o600);
      this.#created = true;
      try {
        await handle.truncate(this.#object.meta.size);
        return handle;
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  async #fetch(handle: FileHandle, part: ByteRange, options: FetchOptions): Promise<void> {
    const { store, meta } = this.#object;
    const { onBytes, ...call } = options;
    const isWhole = part.start === 0 && part.end === meta.size;
    const condition = isStrong(meta.eTag) ? { ifMatch: meta.eTag } : {};
    const got = await store
      .get(meta.path, { ...call, ...condition, ...(isWhole ? {} : { range: part }) })
      .catch((error: unknown) => {
        throw ObjectStoreError.isInstance(error, 'Precondition') ? overwritten(this.#object, error) : error;
      });
    let position = part.start;
    try {
      this.#check(got.meta, got.range, part);
      for await (const chunk of got.body) {
        onBytes?.(chunk.byteLength);
        if (position + chunk.byteLength > part.end) throw this.#wrongLength(part, 'more');
        await this.#write(handle, chunk, position);
        position += chunk.byteLength;
      }
    } finally {
      await got.body.cancel();
    }
    if (position !== part.end) throw this.#wrongLength(part, `${position - part.start}`);
    this.#coverage.add(part);
  }

  async #write(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < chunk.byteLength; ) {
      try {
        done += (await handle.write(chunk, done, chunk.byteLength - done, position + done)).bytesWritten;
      } catch (error) {
        if (!isFull(error)) await this.#means.folder.call('be written to', () => Promise.reject(error));
        await this.#makeRoom(error);
      }
    }
  }

  /** Once for all parts that find the disk full at the same time. */
  async #makeRoom(cause: unknown): Promise<void> {
    const left = this.#coverage.missing({ start: 0, end: this.#object.meta.size }, Number.POSITIVE_INFINITY);
    const needed = left.reduce((sum, { start, end }) => sum + end - start, 0);
    this.#makingRoom ??= this.#means.makeRoom(needed).finally(() => {
      this.#makingRoom = undefined;
    });
    if (!(await this.#makingRoom)) throw this.#noSpace(needed, cause);
  }

  #check({ eTag, size }: { readonly eTag?: string; readonly size: number }, range: ByteRange, part: ByteRange): void {
    const { meta } = this.#object;
    if (size !== meta.size || (meta.eTag !== undefined && eTag !== meta.eTag)) throw overwritten(this.#object);
    if (range.start === part.start && range.end === part.end) return;
    const text = `bytes ${formatRange(part)} were asked for, and ${formatRange(range)} came`;
    throw new ObjectStoreError('Generic', text, this.#where);
  }

  #wrongLength(part: ByteRange, came: string): ObjectStoreError {
    const text = `${part.end - part.start} bytes were announced, and ${came} came`;
    return new ObjectStoreError('Generic', text, this.#where);
  }

  #noSpace(needed: number, cause: unknown): ObjectCacheError {
    const { folder } = this.#means;
    const { store, meta } = this.#object;
    const text = `the disk of ${folder.path} is full: up to ${needed} bytes more are needed for ${store.baseUrl}${meta.path}; free some, or name a folder with room`;
    return new ObjectCacheError('no-space', text, { cause });
  }

  get #where(): { readonly store: string; readonly path: string } {
    return { store: this.#object.store.name, path: this.#object.meta.path };
  }
}

/** The bytes that a file holds, as sorted ranges that neither touch nor overlap. */
export class ByteCoverage {
  #ranges: ByteRange[] = [];

  add({ start, end }: ByteRange): void {
    const apart = this.#ranges.filter((range) => range.end < start || range.start > end);
    const touching = this.#ranges.filter((range) => !apart.includes(range));
    const joined = {
      start: Math.min(start, ...touching.map((range) => range.start)),
      end: Math.max(end, ...touching.map((range) => range.end)),
    };
    this.#ranges = [...apart, joined].sort((left, right) => left.start - right.start);
  }

  /** The missing bytes of a range, in pieces of limited size. */
  missing({ start, end }: ByteRange, pieceSize: number): ByteRange[] {
    const pieces: ByteRange[] = [];
    let at = start;
    for (const { start: from, end: to } of [...this.#ranges, { start: end, end }]) {
      for (; at < Math.min(from, end); at = Math.min(at + pieceSize, from, end)) {
        pieces.push({ start: at, end: Math.min(at + pieceSize, from, end) });
      }
      at = Math.max(at, to);
    }
    return pieces;
  }
}

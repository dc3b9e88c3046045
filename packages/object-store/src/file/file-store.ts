import { rm, stat } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bytesBody, ObjectBody } from '../body/object-body.ts';
import { bodyChunks } from '../body/put-body.ts';
import { checkConditions } from '../conditions/check-conditions.ts';
import type { MultipartUpload, ObjectStore, StoreCapabilities } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type {
  CallOptions,
  CopyOptions,
  DeleteResult,
  DelimitedEntry,
  GetOptions,
  GetRangesOptions,
  GetResult,
  Listing,
  ListOptions,
  ObjectMeta,
  PutBody,
  PutOptions,
  PutResult,
} from '../contract/store-calls.ts';
import { deleteEach } from '../listing/delete-each.ts';
import { PagedListing, pagesOf } from '../listing/paged-listing.ts';
import { isHiddenName, type ObjectPath, parseObjectPath, parsePath, pathSegments } from '../path/object-path.ts';
import { fetchRanges } from '../range/fetch-ranges.ts';
import { type ByteRange, type GetRange, resolveRange } from '../range/get-range.ts';
import { walkDelimited, walkObjects } from './file-listing.ts';
import { checkRegular, FileChunks, fileCall, fileMeta, openObject, withFileErrors } from './file-object.ts';
import { FileUpload, moveFile, StagedFile, type WriteTarget } from './file-write.ts';

/** Most bytes between ranges that are read at once: reading the gap costs less than another call. */
const coalesceGap = 16 * 1024;
const concurrentReads = 8;

/** Files below a directory as objects. A directory exists only through the objects in it. */
export class FileStore implements ObjectStore {
  readonly name: string;
  readonly baseUrl: string;
  readonly capabilities: StoreCapabilities = {
    attributes: false,
    tags: false,
    suffixRange: true,
    update: true,
    deleteMissing: 'not-found',
    concurrentUploads: 'last-completed-wins',
  };
  readonly #root: string;

  /**
   * @param options.root directory that paths are relative to; default the root of the file system
   * @param options.name for spans and errors; default `file`
   */
  constructor(options: { readonly root?: string; readonly name?: string } = {}) {
    this.#root = options.root === undefined ? parse(process.cwd()).root : resolve(options.root);
    this.name = options.name ?? 'file';
    this.baseUrl = pathToFileURL(this.#root).href.replace(/\/?$/, '/');
  }

  localPath(path: string): string {
    return this.#target(path).file;
  }

  async put(path: string, body: PutBody, options: PutOptions = {}): Promise<PutResult> {
    const target = this.#writeTarget(path, options);
    const staged = await StagedFile.create(target);
    try {
      for await (const chunk of bodyChunks(body, options.signal)) await staged.write(chunk);
      options.signal?.throwIfAborted();
      return await staged.commit(options.mode);
    } finally {
      await staged.discard();
    }
  }

  async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    return FileUpload.create(this.#writeTarget(path, options), options.mode ?? 'overwrite');
  }

  async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const target = this.#readTarget(path, options);
    const { handle, stats } = await openObject(target.file, target);
    try {
      const meta = fileMeta(target.path, stats);
      checkConditions(options, meta, this.name);
      const range = resolveRange(options.range, meta.size, target);
      if (options.head) {
        await handle.close();
        return { meta, range, attributes: {}, body: bytesBody(new Uint8Array(), options.signal) };
      }
      const body = new ObjectBody(new FileChunks(handle, range, target, options.signal));
      return { meta, range, attributes: {}, body };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async getRanges(path: string, ranges: readonly GetRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    const target = this.#readTarget(path, options);
    const { handle, stats } = await openObject(target.file, target);
    const read = async (range: GetRange): Promise<Uint8Array> => {
      const { start, end }: ByteRange = resolveRange(range, Number(stats.size), target);
      const buffer = new Uint8Array(end - start);
      const { bytesRead } = await fileCall(target, () => handle.read(buffer, 0, buffer.byteLength, start));
      return buffer.subarray(0, bytesRead);
    };
    try {
      return await fetchRanges(ranges, read, {
        store: this.name,
        path: target.path,
        gap: options.coalesceGap ?? coalesceGap,
        concurrency: concurrentReads,
        signal: options.signal,
        onPlan: (requests) => options.observe?.({ requests }),
      });
    } finally {
      await handle.close();
    }
  }

  async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    const target = this.#readTarget(path, options);
    const stats = await fileCall(target, () => stat(target.file, { bigint: true }));
    checkRegular(stats, target);
    return fileMeta(target.path, stats);
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const target = this.#readTarget(path, options);
    await this.head(path, options);
    await fileCall(target, () => rm(target.file));
  }

  deleteStream(
    paths: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    return deleteEach(paths, (path) => this.delete(path, options), options);
  }

  list(prefix = '', options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#listing(prefix, options, walkObjects);
  }

  listWithOffset(prefix: string | undefined, offset: string, options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#listing(prefix ?? '', options, (directory, path) => walkObjects(directory, path, offset));
  }

  listWithDelimiter(prefix = '', options: ListOptions = {}): Listing<DelimitedEntry> {
    return this.#listing(prefix, options, walkDelimited);
  }

  async copy(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const source = this.#readTarget(from, options);
    const target = this.#writeTarget(to, options);
    await this.head(from, options);
    const staged = await StagedFile.copyOf(source.file, target);
    try {
      await staged.commit(options.mode);
    } finally {
      await staged.discard();
    }
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const source = this.#readTarget(from, options);
    const target = this.#writeTarget(to, options);
    await this.head(from, options);
    await moveFile(source, target, options.mode ?? 'overwrite');
  }

  #target(path: string): WriteTarget {
    const checked = parseObjectPath(path, this.name);
    return { store: this.name, path: checked, file: this.#file(checked) };
  }

  #readTarget(path: string, options: CallOptions & { readonly version?: string | undefined }): WriteTarget {
    const target = this.#target(path);
    options.signal?.throwIfAborted();
    if (options.version === undefined) return target;
    throw new ObjectStoreError('NotSupported', 'a file system keeps no versions', target);
  }

  #writeTarget(path: string, options: PutOptions): WriteTarget {
    const target = this.#readTarget(path, { signal: options.signal });
    const kept = (['attributes', 'tags'] as const).find((field) => Object.keys(options[field] ?? {}).length > 0);
    if (kept === undefined) return target;
    throw new ObjectStoreError('NotSupported', `a file system keeps no ${kept}`, target);
  }

  #file(path: ObjectPath): string {
    const segments = pathSegments(path);
    if (segments.some(isHiddenName)) {
      throw new ObjectStoreError('InvalidPath', 'this name is kept for unfinished writes', { store: this.name, path });
    }
    return join(this.#root, ...segments);
  }

  #listing<Entry>(
    prefix: string,
    options: ListOptions,
    walk: (directory: string, prefix: ObjectPath) => AsyncIterable<Entry>,
  ): Listing<Entry> {
    return new PagedListing(() => {
      const path = parsePath(prefix, this.name);
      const where = { store: this.name, path };
      return pagesOf(withFileErrors(walk(this.#file(path), path), where), options, where);
    });
  }
}

// How a write to a file becomes visible in one step: staged beside its target, uploaded in parts, or moved.

import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LinkedAbort } from '../body/abortable.ts';
import { bodyChunks } from '../body/put-body.ts';
import { checkUpdate } from '../conditions/check-conditions.ts';
import type { MultipartUpload } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CallOptions, PutBody, PutMode, PutResult } from '../contract/store-calls.ts';
import { hiddenName, type ObjectPath } from '../path/object-path.ts';
import { UploadParts } from '../upload/upload-parts.ts';
import { FileChunks, fileCall, fileMeta, isMissing } from './file-object.ts';

/** The object that a write replaces or creates. */
export interface WriteTarget {
  readonly store: string;
  readonly path: ObjectPath;
  /** The file behind the path. */
  readonly file: string;
}

/** A file beside its target, invisible as an object, that takes the target's place in one step. */
export class StagedFile {
  readonly #target: WriteTarget;
  readonly #file: string;
  #handle: FileHandle | undefined;

  private constructor(target: WriteTarget, file: string, handle?: FileHandle) {
    this.#target = target;
    this.#file = file;
    this.#handle = handle;
  }

  /**
   * An empty file. Creates the directories above the target.
   *
   * @throws ObjectStoreError when something other than a regular file is at the target
   */
  static async create(target: WriteTarget): Promise<StagedFile> {
    const file = await stagedName(target);
    return new StagedFile(target, file, await fileCall(target, () => open(file, 'wx')));
  }

  /** A copy of another file. */
  static async copyOf(source: string, target: WriteTarget): Promise<StagedFile> {
    const file = await stagedName(target);
    try {
      await fileCall(target, () => copyFile(source, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
      return new StagedFile(target, file);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) throw new Error('[planscope/object-store] a staged file is closed');
    await fileCall(this.#target, async () => {
      for (let offset = 0; offset < bytes.byteLength; ) {
        offset += (await handle.write(bytes, offset)).bytesWritten;
      }
    });
  }

  /**
   * Makes the file the object.
   *
   * @throws ObjectStoreError AlreadyExists or Precondition, by mode; NotSupported when something other than a regular file has
   * come to the target in the meantime
   */
  async commit(mode: PutMode = 'overwrite'): Promise<PutResult> {
    await this.#close();
    const stats = await fileCall(this.#target, async () => {
      const time = nextWriteTime();
      await utimes(this.#file, time, time);
      return stat(this.#file, { bigint: true });
    });
    await (typeof mode === 'object' ? this.#update(mode.update) : this.#place(mode));
    return { eTag: fileMeta(this.#target.path, stats).eTag };
  }

  /** Removes the file if it was not committed. */
  async discard(): Promise<void> {
    await this.#close();
    await fileCall(this.#target, () => rm(this.#file, { force: true }));
  }

  #place(mode: 'overwrite' | 'create'): Promise<void> {
    return placeFile(this.#file, this.#target, mode);
  }

  async #update(update: { readonly eTag?: string; readonly version?: string }): Promise<void> {
    await withPathLock(this.#target.file, async () => {
      const current = await fileCall(this.#target, () => currentETag(this.#target));
      checkUpdate(update, current, this.#target);
      await this.#place('overwrite');
    });
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

/**
 * Moves a file onto its target on the same file system, in one step.
 *
 * @throws ObjectStoreError AlreadyExists in mode `create`; NotSupported in mode `overwrite` when something other than a regular
 * file is there
 */
async function placeFile(source: string, target: WriteTarget, mode: 'overwrite' | 'create'): Promise<void> {
  // No system call replaces only regular files, so something else that appears after the check is replaced.
  if (mode === 'overwrite') await checkReplaceable(target.file, target);
  await fileCall(target, async () => {
    if (mode === 'overwrite') return rename(source, target.file);
    await link(source, target.file);
    await rm(source);
  });
}

async function stagedName(target: WriteTarget): Promise<string> {
  await checkReplaceable(target.file, target);
  const directory = dirname(target.file);
  await fileCall(target, () => makeDirectories(directory));
  return join(directory, hiddenName());
}

async function currentETag({ path, file }: WriteTarget): Promise<string | undefined> {
  try {
    return fileMeta(path, await stat(file, { bigint: true })).eTag;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Moves a file in one step; between two file systems, by a copy that takes the target's place in one step.
 *
 * @throws ObjectStoreError
 */
export async function moveFile(source: WriteTarget, target: WriteTarget, mode: 'overwrite' | 'create'): Promise<void> {
  try {
    await fileCall(target, () => mkdir(dirname(target.file), { recursive: true }));
    await placeFile(source.file, target, mode);
  } catch (error) {
    if (!isOtherDevice(error)) throw error;
    const staged = await StagedFile.copyOf(source.file, target);
    try {
      await staged.commit(mode);
    } finally {
      await staged.discard();
    }
    await fileCall(source, () => rm(source.file));
  }
}

function isOtherDevice(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EXDEV';
}

/**
 * Checks that a write to a file would put a new one in its place, or replace a regular one. Links are not followed.
 *
 * @throws ObjectStoreError NotSupported for a symbolic link, a device, a pipe or a socket, Generic for a directory
 */
export async function checkReplaceable(
  file: string,
  where: { readonly store: string; readonly path: string },
): Promise<void> {
  const stats = await fileCall(where, () => lstat(file).catch(unlessMissing));
  if (stats === undefined || stats.isFile()) return;
  if (stats.isDirectory()) throw new ObjectStoreError('Generic', 'there is a directory at this path', where);
  const text = `there is ${kindOf(stats)} at this path; a write replaces regular files only, so remove it or use another path`;
  throw new ObjectStoreError('NotSupported', text, where);
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function kindOf(stats: Awaited<ReturnType<typeof lstat>>): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

interface PartFile {
  readonly file: string;
  readonly size: number;
}

/** Parts as files in a hidden directory beside the target. */
export class FileUpload implements MultipartUpload {
  readonly id: string;
  readonly minimumPartSize = 1;
  readonly #target: WriteTarget;
  readonly #mode: PutMode;
  readonly #directory: string;
  readonly #parts: UploadParts<PartFile>;
  readonly #writing = new Set<Promise<unknown>>();
  readonly #stop = new AbortController();
  #written = 0;

  private constructor(target: WriteTarget, mode: PutMode, id: string) {
    this.id = id;
    this.#target = target;
    this.#mode = mode;
    this.#directory = join(dirname(target.file), id);
    this.#parts = new UploadParts(target);
  }

  static async create(target: WriteTarget, mode: PutMode): Promise<FileUpload> {
    await checkReplaceable(target.file, target);
    const upload = new FileUpload(target, mode, hiddenName());
    await fileCall(target, () => makeDirectories(upload.#directory));
    return upload;
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    const writing = this.#writePart(partNumber, body, options);
    this.#writing.add(writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    options.signal?.throwIfAborted();
    const parts = this.#parts.inOrder();
    const staged = await StagedFile.create(this.#target);
    let result: PutResult;
    try {
      for (const part of parts) {
        for await (const chunk of await this.#chunks(part, options.signal)) await staged.write(chunk);
      }
      result = await staged.commit(this.#mode);
    } finally {
      await staged.discard();
    }
    this.#parts.close('completed');
    await this.#remove();
    return result;
  }

  async abort(): Promise<void> {
    if (this.#parts.closed === 'completed') return;
    this.#parts.close('aborted');
    this.#stop.abort(new Error('[planscope/object-store] the upload was aborted'));
    await Promise.allSettled(this.#writing);
    await this.#remove();
  }

  async #writePart(partNumber: number, body: PutBody, { signal }: CallOptions): Promise<void> {
    const stop = new LinkedAbort(signal, this.#stop.signal);
    this.#written += 1;
    const file = join(this.#directory, `${partNumber}-${this.#written}`);
    try {
      const size = await this.#writeFile(file, bodyChunks(body, stop.signal));
      const before = this.#parts.set(partNumber, { file, size });
      if (before !== undefined) await fileCall(this.#target, () => rm(before.file, { force: true }));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      stop.release();
    }
  }

  async #writeFile(file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const handle = await fileCall(this.#target, () => open(file, 'wx'));
    let size = 0;
    try {
      for await (const chunk of chunks) {
        await fileCall(this.#target, () => handle.appendFile(chunk));
        size += chunk.byteLength;
      }
      return size;
    } finally {
      await handle.close();
    }
  }

  async #chunks({ file, size }: PartFile, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>> {
    const handle = await fileCall(this.#target, () => open(file, 'r'));
    const chunks = new FileChunks(handle, { start: 0, end: size }, this.#target, signal);
    return { [Symbol.asyncIterator]: () => chunks };
  }

  #remove(): Promise<void> {
    return fileCall(this.#target, () => rm(this.#directory, { recursive: true, force: true }));
  }
}

/** Creates a directory and its parents. Unlike a recursive `mkdir`, it throws the error of the directory that failed. */
async function makeDirectories(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(directory) === directory) throw error;
    await makeDirectories(dirname(directory));
    await makeOne(directory);
  }
}

/** Another writer may have created it first. */
async function makeOne(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const lockKey = Symbol.for('planscope.object-store.path-locks');

/** Shared by every copy of the package in this process. */
const holder = globalThis as { [lockKey]?: Map<string, Promise<unknown>> };
holder[lockKey] ??= new Map();
const tails: Map<string, Promise<unknown>> = holder[lockKey];

/** Runs the action while no other action of this process holds the same file. */
async function withPathLock<Value>(file: string, action: () => Promise<Value>): Promise<Value> {
  const before = tails.get(file) ?? Promise.resolve();
  const turn = before.then(action, action);
  const tail = turn.catch(() => undefined);
  tails.set(file, tail);
  try {
    return await turn;
  } finally {
    if (tails.get(file) === tail) tails.delete(file);
  }
}

/** Microseconds. Two, because the file system gets a double in seconds, which may be rounded to a neighbour. */
const writeTimeStep = 2;

let lastWriteTime = 0;

/**
 * A modification time in seconds, later than any returned before. Files written within one tick of the clock would
 * otherwise share a time, and a reused inode would repeat an old etag.
 */
function nextWriteTime(): number {
  lastWriteTime = Math.max(
    lastWriteTime + writeTimeStep,
    Math.floor((performance.timeOrigin + performance.now()) * 1000),
  );
  return lastWriteTime / 1_000_000;
}

import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkUpdate } from '../conditions/check-update.ts';
import type { PutMode, PutResult } from '../contract/put-options.ts';
import type { ObjectPath } from '../path/object-path.ts';
import { hiddenName } from '../upload/hidden-name.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { fileCall, isMissing } from './file-error.ts';
import { fileMeta } from './file-meta.ts';
import { makeDirectories } from './make-directories.ts';
import { withPathLock } from './path-lock.ts';
import { nextWriteTime } from './write-time.ts';

/** Where a write is to end up. */
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
   * An empty one; directories above the target are made.
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

  /** Takes away what was not committed; does nothing after a commit. */
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
 * Gives a file the place of a target on the same file system, in one step.
 *
 * @throws ObjectStoreError AlreadyExists in mode `create`; NotSupported in mode `overwrite` when something other than a regular
 * file is there
 */
export async function placeFile(source: string, target: WriteTarget, mode: 'overwrite' | 'create'): Promise<void> {
  // No system call replaces regular files only, so what comes between the check and the rename is replaced.
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

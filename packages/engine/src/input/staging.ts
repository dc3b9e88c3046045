import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CallOptions } from '@planscope/object-store';
import type { InputObject } from './input-source.ts';

/** A local file that holds an object. */
export interface StagedFile {
  readonly path: string;
  /** Bytes read from the store to have it here; 0 where the object is a local file already and is read in place. */
  readonly bytesFetched: number;
}

/** The local files of one run: objects that had to be brought here, and outputs before they are uploaded. */
export class Staging {
  /** Folder of the run, for files that others name. */
  readonly folder: string;
  readonly #files = new Map<string, Promise<StagedFile>>();
  #next = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Staging> {
    return new Staging(await mkdtemp(join(tmpdir(), 'planscope-run-')));
  }

  /**
   * The object as a local file, fetched once a run however many ask for it.
   *
   * @throws ObjectStoreError when the object cannot be read, or is another one than when the run was planned
   */
  fetch(object: InputObject, options: CallOptions): Promise<StagedFile> {
    let file = this.#files.get(object.url);
    if (file === undefined) {
      file = this.#fetch(object, options);
      this.#files.set(object.url, file);
    }
    return file;
  }

  /** Takes every file of the run away. */
  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #fetch(object: InputObject, options: CallOptions): Promise<StagedFile> {
    const inPlace = object.store.localPath?.(object.path);
    if (inPlace !== undefined) return { path: inPlace, bytesFetched: 0 };
    this.#next += 1;
    const path = join(this.folder, `input-${this.#next}${extname(object.path)}`);
    const { body } = await object.store.get(object.path, { ...options, ifMatch: object.etag });
    const file = createWriteStream(path, { flags: 'wx' });
    await pipeline(body, file, options.signal === undefined ? {} : { signal: options.signal });
    return { path, bytesFetched: file.bytesWritten };
  }
}

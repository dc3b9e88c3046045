import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { quoteString } from '../sql/quote.ts';
import { isNamedPath, namedPath } from './process-folder.ts';

/** On Linux, opens a file without a name in a folder. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

const MEMORY_FOLDER = '/dev/shm';
/** Minimum free space for a memory file system to be used. */
const MEMORY_ENOUGH = 16 * 1024 * 1024;

const ZEROS = Buffer.alloc(64 * 1024);
/** The most that one call of {@link PrivateFile.read} returns, in bytes. */
export const MOST_READ_BYTES: number = 256 * 1024;
/** Shared by all files: every reader decodes the bytes before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(MOST_READ_BYTES);

// Shared by all copies of this package, because DuckDB's log shows the files of all of them.
const registry = Symbol.for('planscope.duckdb.private-paths');
const holder = globalThis as { [registry]?: Set<string> };
holder[registry] ??= new Set();
const privatePaths: Set<string> = holder[registry];

/** On Linux, the path of an open file of this process; it works even if the file has no name. */
function procPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** Whether a path in DuckDB's log belongs to a private file of this process. */
export function isPrivatePath(path: string): boolean {
  return privatePaths.has(path) || isNamedPath(path);
}

/** How to open a {@link PrivateFile}. */
export interface PrivateFileOptions {
  /** The extension that DuckDB requires. */
  readonly extension: 'json' | 'csv';
  /** Default: a memory file system if there is one with space, else the system's folder for temporary files. */
  readonly folder?: string | undefined;
  /** Whether to use a file without a name. Default: true if the platform supports it. */
  readonly anonymous?: boolean | undefined;
  /** Whether DuckDB needs a path below the folder; the folder then has a link to the file. */
  readonly linked?: boolean;
}

interface FileNames {
  readonly path: string;
  readonly name: string | undefined;
  readonly sqlPath: string;
  readonly isAnonymous: boolean;
}

/**
 * A file that DuckDB writes and only this process reads. On Linux it has no name in any folder, so no clean-up job can
 * remove it, and it disappears with the process, even after a crash. On other platforms it is in a folder of this
 * process.
 */
export class PrivateFile {
  /** An SQL expression for the path with which DuckDB opens the file. */
  readonly sqlPath: string;
  readonly #folder: string;
  readonly #descriptor: number;
  readonly #path: string;
  /** The file name or link that `close` removes. */
  readonly #name: string | undefined;
  readonly #isAnonymous: boolean;
  #isOpen = true;

  private constructor(folder: string, descriptor: number, { path, name, sqlPath, isAnonymous }: FileNames) {
    this.#folder = folder;
    this.#descriptor = descriptor;
    this.#path = path;
    this.#name = name;
    this.#isAnonymous = isAnonymous;
    this.sqlPath = sqlPath;
    privatePaths.add(path);
  }

  /** @throws the error of the operating system if the file cannot be created */
  static open({ extension, folder = defaultFolder(), anonymous, linked = false }: PrivateFileOptions): PrivateFile {
    if (anonymous ?? process.platform === 'linux') {
      const descriptor = openAnonymous(folder);
      const path = procPath(descriptor);
      if (existsSync(path)) {
        // DuckDB checks the extension of a path; the operating system reads the path only up to the NUL character.
        const sqlPath = `${quoteString(path)} || chr(0) || '.${extension}'`;
        if (!linked) return new PrivateFile(folder, descriptor, { path, name: undefined, sqlPath, isAnonymous: true });
        const link = namedPath(folder, extension);
        symlinkSync(path, link);
        return new PrivateFile(folder, descriptor, {
          path: link,
          name: link,
          sqlPath: quoteString(link),
          isAnonymous: true,
        });
      }
      closeSync(descriptor);
    }
    const path = namedPath(folder, extension);
    const descriptor = openSync(path, 'wx+', 0o600);
    return new PrivateFile(folder, descriptor, { path, name: path, sqlPath: quoteString(path), isAnonymous: false });
  }

  /**
   * Creates another unique path for the file.
   *
   * @returns the path, which the caller must remove
   */
  alias(): string {
    const alias = namedPath(this.#folder, 'alias');
    symlinkSync(this.#path, alias);
    return alias;
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  /** Free bytes on the file system of the file; infinity if unknown. */
  get spaceLeft(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#isAnonymous ? procPath(this.#descriptor) : this.#path);
      return bavail * bsize;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }

  /**
   * Reads from an offset, at most {@link MOST_READ_BYTES}.
   *
   * @returns bytes that are valid until the next read of any private file; empty at the end
   */
  read(offset: number): Buffer {
    return READ_BUFFER.subarray(0, readSync(this.#descriptor, READ_BUFFER, 0, READ_BUFFER.length, offset));
  }

  /** Reads the whole file; undefined if DuckDB has written nothing since the last {@link reserve}. */
  readText(): string | undefined {
    const first = this.read(0);
    if (first.length === 0 || first[0] === 0) return undefined;
    if (first.length < READ_BUFFER.length) return first.toString('utf8');
    const parts = [Buffer.from(first)];
    for (let offset = first.length; ; ) {
      const part = this.read(offset);
      if (part.length === 0) return Buffer.concat(parts).toString('utf8');
      parts.push(Buffer.from(part));
      offset += part.length;
    }
  }

  /**
   * Fills the file with zeros to reserve space. DuckDB truncates the file when it opens it, which frees this space
   * right before it writes the profile. The profile then fits even on a disk that has become full in the meantime.
   *
   * @returns the reserved bytes: fewer than requested if the disk is full
   */
  reserve(bytes: number): number {
    let held = 0;
    try {
      while (held < bytes) {
        held += writeSync(this.#descriptor, ZEROS, 0, Math.min(ZEROS.length, bytes - held), held);
      }
      if (this.size > held) ftruncateSync(this.#descriptor, held);
    } catch {
      // The disk is full.
    }
    return held;
  }

  /** Empties the file. DuckDB must not be writing to it. */
  truncate(): void {
    ftruncateSync(this.#descriptor, 0);
  }

  /** Safe to call twice. DuckDB must not use the path afterwards: another file may get the same descriptor. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    privatePaths.delete(this.#path);
    closeSync(this.#descriptor);
    if (this.#name === undefined) return;
    try {
      unlinkSync(this.#name);
    } catch {
      // Another program has removed it.
    }
  }
}

function openAnonymous(folder: string): number {
  try {
    return openSync(folder, constants.O_RDWR | O_TMPFILE, 0o600);
  } catch {
    // Some file systems do not support this; the file then has a name for a moment.
    const path = namedPath(folder, 'tmp');
    const descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return descriptor;
  }
}

let found: string | undefined;

/** A memory file system if there is one with space, else the system's folder for temporary files. */
export function defaultFolder(): string {
  found ??= hasSpace(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
  return found;
}

function hasSpace(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= MEMORY_ENOUGH;
  } catch {
    return false;
  }
}

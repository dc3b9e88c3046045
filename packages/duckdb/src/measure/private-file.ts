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

/** Linux: opens a file without a name in a folder. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

const MEMORY_FOLDER = '/dev/shm';
/** A memory file system with less space than this is not used. */
const MEMORY_ENOUGH = 16 * 1024 * 1024;

const ZEROS = Buffer.alloc(64 * 1024);
/** The most that one call of {@link PrivateFile.read} returns, in bytes. */
export const MOST_READ_BYTES: number = 256 * 1024;
/** Shared by all files: every reader decodes the bytes before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(MOST_READ_BYTES);

// One for every copy of this package: DuckDB's log names the files of all.
const registry = Symbol.for('planscope.duckdb.private-paths');
const holder = globalThis as { [registry]?: Set<string> };
holder[registry] ??= new Set();
const privatePaths: Set<string> = holder[registry];

/** The path by which a process reaches its own open files on Linux, whatever has become of their names. */
function procPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** Whether a path that DuckDB names is that of a private file of this process. */
export function isPrivatePath(path: string): boolean {
  return privatePaths.has(path) || isNamedPath(path);
}

/** How to open a {@link PrivateFile}. */
export interface PrivateFileOptions {
  /** The ending that DuckDB asks for. */
  readonly extension: 'json' | 'csv';
  /** Default a memory file system where there is one with space, else the system's folder for temporary files. */
  readonly folder?: string | undefined;
  /** Whether the file is to have no name; default where the platform can do that. */
  readonly anonymous?: boolean | undefined;
  /** Whether DuckDB itself has to find the file by the path that it shows; then a link to it lies in a folder. */
  readonly linked?: boolean;
}

interface FileNames {
  readonly path: string;
  readonly name: string | undefined;
  readonly sqlPath: string;
  readonly isAnonymous: boolean;
}

/**
 * A file that DuckDB writes and only this process reads. On Linux it has no name in any folder: no clean-up can remove it,
 * and it is gone with the process, however that ends. Elsewhere it lies in a folder of this process.
 */
export class PrivateFile {
  /** An SQL expression for the path under which DuckDB opens the file. */
  readonly sqlPath: string;
  readonly #folder: string;
  readonly #descriptor: number;
  readonly #path: string;
  /** A name that goes when the file is closed. */
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

  /** @throws what the operating system says, where no file can be made */
  static open({ extension, folder = defaultFolder(), anonymous, linked = false }: PrivateFileOptions): PrivateFile {
    if (anonymous ?? process.platform === 'linux') {
      const descriptor = openAnonymous(folder);
      const path = procPath(descriptor);
      if (existsSync(path)) {
        // DuckDB checks how a path ends, the operating system reads it up to the zero character.
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
   * A further name for it, which no other file has.
   *
   * @returns the name, to be removed when it has been used
   */
  alias(): string {
    const alias = namedPath(this.#folder, 'alias');
    symlinkSync(this.#path, alias);
    return alias;
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  /** Bytes that the file system of the file can still take; without end where that is not known. */
  get spaceLeft(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#isAnonymous ? procPath(this.#descriptor) : this.#path);
      return bavail * bsize;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }

  /**
   * Reads what is behind an offset, at most {@link MOST_READ_BYTES} of it.
   *
   * @returns valid until the next read of any file; empty at the end
   */
  read(offset: number): Buffer {
    return READ_BUFFER.subarray(0, readSync(this.#descriptor, READ_BUFFER, 0, READ_BUFFER.length, offset));
  }

  /** Reads all of it; undefined where DuckDB has written nothing since the last {@link reserve}. */
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
   * Fills the file with zeros. DuckDB truncates a profile's file as it opens it, which gives so much space back to the
   * file system right before the profile is written: so it fits, also on a disk that has become full in the meantime.
   *
   * @returns the bytes that are held now: fewer where the disk does not have more
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

  /** Empties it. DuckDB must not be writing to it. */
  truncate(): void {
    ftruncateSync(this.#descriptor, 0);
  }

  /** Safe to call twice. DuckDB must not open it by its path from now on: its number may be given to another file. */
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
    // Not every file system can do that; then it has a name for a moment.
    const path = namedPath(folder, 'tmp');
    const descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return descriptor;
  }
}

let found: string | undefined;

/** A memory file system where there is one with space, else the system's folder for temporary files. */
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

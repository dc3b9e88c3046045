import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BootstrapError } from '../bootstrap-error.ts';

/**
 * Checks that a file can be appended to; creates its directories.
 *
 * @param field the field of the configuration that names the file
 * @returns the absolute path
 * @throws BootstrapError when the file cannot be written
 */
export function openForAppending(path: string, field: string): string {
  const file = resolve(path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'a'));
    return file;
  } catch (cause) {
    throw new BootstrapError(
      'unwritable-file',
      `${field}: cannot write ${JSON.stringify(path)} (${writeFault(cause)}); use a file in a directory this process may write to`,
      { cause },
    );
  }
}

/**
 * Appends whole lines or nothing. Reopens the file each time, in case a log rotation has moved it.
 *
 * @throws when the write fails
 */
export function appendText(file: string, text: Uint8Array): void {
  const descriptor = openSync(file, 'a');
  try {
    const { size } = fstatSync(descriptor);
    let written = 0;
    try {
      while (written < text.length) written += writeSync(descriptor, text, written);
    } catch (error) {
      takeBack(descriptor, size, written);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The code of an error, for example `ENOSPC`. */
export function writeFault(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Removes a partial write after a full disk, unless another process has appended since. */
function takeBack(descriptor: number, size: number, written: number): void {
  if (written > 0 && fstatSync(descriptor).size === size + written) ftruncateSync(descriptor, size);
}

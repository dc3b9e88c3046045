import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { fileCall } from './file-error.ts';

/** Without it, opening a named pipe would wait for a writer. Windows has neither. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a regular file to read: one handle, so that what is read is one state of the object, even if it is replaced.
 *
 * @throws ObjectStoreError NotFound also for a directory, a device, a pipe
 */
export async function openObject(
  file: string,
  where: { readonly store: string; readonly path: string },
): Promise<{ handle: FileHandle; stats: BigIntStats }> {
  const handle = await fileCall(where, () => open(file, flags));
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

import { lstat } from 'node:fs/promises';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { fileCall, isMissing } from './file-error.ts';

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

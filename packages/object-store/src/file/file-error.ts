import { ObjectStoreError, type ObjectStoreErrorKind } from '../error/object-store-error.ts';

const meanings: Readonly<Record<string, readonly [ObjectStoreErrorKind, string]>> = {
  ENOENT: ['NotFound', 'there is no such object'],
  ENOTDIR: ['NotFound', 'there is no such object; a part of its path is a file'],
  EEXIST: ['AlreadyExists', 'there is an object already'],
  EACCES: ['PermissionDenied', 'the file system does not permit this'],
  EPERM: ['PermissionDenied', 'the file system does not permit this'],
  EROFS: ['PermissionDenied', 'the file system can only be read'],
  ENAMETOOLONG: ['InvalidPath', 'the path is longer than the file system takes'],
  EISDIR: ['Generic', 'there is a directory at this path'],
  ENOTEMPTY: ['Generic', 'there is a directory at this path'],
  ENOSPC: ['Generic', 'the disk is full'],
  EDQUOT: ['Generic', 'the quota is used up'],
};

/**
 * Runs one call to the file system; what it throws becomes an ObjectStoreError with the original as its cause.
 *
 * @throws ObjectStoreError
 */
export async function fileCall<Value>(
  where: { readonly store: string; readonly path: string },
  call: () => Promise<Value>,
): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    throw fileError(error, where);
  }
}

/** The same items; what the file system throws on the way becomes an ObjectStoreError. */
export async function* withFileErrors<Item>(
  items: AsyncIterable<Item>,
  where: { readonly store: string; readonly path: string },
): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let result = await fileCall(where, () => iterator.next()); !result.done; ) {
      yield result.value;
      result = await fileCall(where, () => iterator.next());
    }
  } finally {
    await iterator.return?.();
  }
}

function fileError(error: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const [kind, text] = meanings[code] ?? ['Generic', `the file system refused${code === '' ? '' : `: ${code}`}`];
  return new ObjectStoreError(kind, text, { ...where, cause: error });
}

/** Whether an error of the file system says that nothing is there. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

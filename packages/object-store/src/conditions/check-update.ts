import { ObjectStoreError } from '../contract/object-store-error.ts';

/**
 * Tests whether a write in mode `update` may replace what is there, for stores that tell objects apart by etag only.
 *
 * @param current etag of the object that is there, if any
 * @throws ObjectStoreError Precondition, or NotSupported where the update names a version or nothing
 */
export function checkUpdate(
  update: { readonly eTag?: string; readonly version?: string },
  current: string | undefined,
  where: { readonly store: string; readonly path: string },
): void {
  if (update.version !== undefined || update.eTag === undefined) {
    throw new ObjectStoreError('NotSupported', 'an update of this store needs an eTag, and no version', where);
  }
  if (update.eTag !== current) {
    const found = current === undefined ? 'there is no object' : `the object's etag is ${current}`;
    throw new ObjectStoreError('Precondition', `update of etag ${update.eTag}: ${found}`, where);
  }
}

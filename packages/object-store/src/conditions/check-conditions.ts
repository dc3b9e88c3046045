import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { GetOptions, ObjectMeta } from '../contract/store-calls.ts';

/**
 * Tests a read's conditions against the object, for stores that have no server to do it.
 *
 * @throws ObjectStoreError Precondition or NotModified
 */
export function checkConditions(options: GetOptions, meta: ObjectMeta, store: string): void {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = options;
  const where = { store, path: meta.path };
  if (ifMatch !== undefined) {
    if (!matchesETag(ifMatch, meta.eTag)) {
      throw new ObjectStoreError('Precondition', `ifMatch ${ifMatch}: the object's etag is ${meta.eTag}`, where);
    }
  } else if (ifUnmodifiedSince !== undefined && seconds(meta.lastModified) > seconds(ifUnmodifiedSince)) {
    const text = `ifUnmodifiedSince ${ifUnmodifiedSince.toISOString()}: the object was written later`;
    throw new ObjectStoreError('Precondition', text, where);
  }
  if (ifNoneMatch !== undefined) {
    if (matchesETag(ifNoneMatch, meta.eTag)) {
      throw new ObjectStoreError('NotModified', `ifNoneMatch ${ifNoneMatch}: the object still has that etag`, where);
    }
  } else if (ifModifiedSince !== undefined && seconds(meta.lastModified) <= seconds(ifModifiedSince)) {
    const text = `ifModifiedSince ${ifModifiedSince.toISOString()}: the object was not written since`;
    throw new ObjectStoreError('NotModified', text, where);
  }
}

function matchesETag(condition: string, eTag: string | undefined): boolean {
  return condition.trim() === '*' || condition.split(',').some((candidate) => candidate.trim() === eTag);
}

/** HTTP dates have no fraction of a second, so the comparison ignores it. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/**
 * Tests whether a write in mode `update` may replace the object, for stores that know only etags.
 *
 * @param current etag of the current object, if any
 * @throws ObjectStoreError Precondition, or NotSupported if the update names a version or nothing
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

import { createHash } from 'node:crypto';
import { objectUrl } from '../registry/object-url.ts';
import type { RemoteObject } from './remote-object.ts';

/** The name under which an object in this very state is kept; undefined for one that cannot be told from others. */
export async function cacheKey({ store, meta }: RemoteObject): Promise<string | undefined> {
  const { eTag, size, path } = meta;
  if (!isStrong(eTag)) return undefined;
  const identity = await store.identity?.();
  if (identity === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([identity, objectUrl(store, path), eTag, size]))
    .digest('hex');
}

/** Whether equal etags mean equal bytes. */
export function isStrong(eTag: string | undefined): eTag is string {
  return eTag !== undefined && !/^w\//i.test(eTag);
}

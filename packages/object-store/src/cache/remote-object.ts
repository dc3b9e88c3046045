// What the cache is asked for and what it hands out, and the name under which an object is kept.

import { createHash } from 'node:crypto';
import type { ObjectStore } from '../contract/object-store.ts';
import type { CallOptions, ObjectMeta } from '../contract/store-calls.ts';
import { objectUrl } from '../registry/parse-location.ts';

/** An object, as `head` or `list` has just described it. */
export interface RemoteObject {
  readonly store: ObjectStore;
  readonly meta: ObjectMeta;
}

/** How an object is fetched. */
export interface FetchOptions extends CallOptions {
  /** Called with bytes as they arrive from the store, also those of a fetch that then fails. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** A local file that holds an object. */
export interface LocalFile {
  /** To be read only; it is there until its files are closed. */
  readonly path: string;
  /** Bytes that this call got from the store. */
  readonly bytesFetched: number;
  /** Bytes that were here already: from an earlier run, another run at the same time, or another call. */
  readonly bytesCached: number;
}

/** The name under which this state of an object is kept; undefined where its state cannot be identified. */
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

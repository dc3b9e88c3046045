// What the cache takes and returns, and the key of a cached object.

import { createHash } from 'node:crypto';
import type { ObjectStore } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CallOptions, ObjectMeta } from '../contract/store-calls.ts';
import { objectUrl } from '../registry/parse-location.ts';

/** An object, as `head` or `list` has just described it. */
export interface RemoteObject {
  readonly store: ObjectStore;
  readonly meta: ObjectMeta;
  /** Whether no other bytes are ever written to its path, so that it needs no etag. Default: false. */
  readonly isImmutable?: boolean;
}

/** How an object is fetched. */
export interface FetchOptions extends CallOptions {
  /** Called with the number of bytes as they arrive from the store, even if the fetch then fails. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** A local file that holds an object. */
export interface LocalFile {
  /** Read-only; it exists until its files are closed. */
  readonly path: string;
  /** Bytes that this call fetched from the store. */
  readonly bytesFetched: number;
  /** Bytes that were already local: from an earlier run, a concurrent run, or another call. */
  readonly bytesCached: number;
}

/** The cache key of this state of an object; undefined if the state cannot be identified. */
export async function cacheKey({ store, meta, isImmutable = false }: RemoteObject): Promise<string | undefined> {
  const { eTag, size, path } = meta;
  if (!isStrong(eTag) && !isImmutable) return undefined;
  const identity = await store.identity?.();
  if (identity === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([identity, objectUrl(store, path), eTag ?? null, size]))
    .digest('hex');
}

/**
 * The error for an object that is not in the state any more that was looked at.
 *
 * @param cause how that showed
 */
export function overwritten({ store, meta }: RemoteObject, cause?: unknown): ObjectStoreError {
  const text = 'the object was overwritten after this run had looked at it; run it again to read what is there now';
  return new ObjectStoreError('Precondition', text, { store: store.name, path: meta.path, cause });
}

/** Whether equal etags mean equal bytes. */
export function isStrong(eTag: string | undefined): eTag is string {
  return eTag !== undefined && !/^w\//i.test(eTag);
}

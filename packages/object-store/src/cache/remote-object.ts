import type { CallOptions } from '../contract/call-options.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';
import type { ObjectStore } from '../contract/object-store.ts';

/** An object, as `head` or `list` has just described it. */
export interface RemoteObject {
  readonly store: ObjectStore;
  readonly meta: ObjectMeta;
}

/** How an object is fetched. */
export interface FetchOptions extends CallOptions {
  /** Told of bytes as they come from the store, those of a fetch that then fails among them. */
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

import type { ObjectPath } from '../path/object-path.ts';
import type { CallOptions } from './call-options.ts';
import type { ObjectMeta } from './object-meta.ts';

/**
 * Entries in order of path (by UTF-8 bytes), fetched as they are asked for: one by one, or a page at a time. To be
 * read once; no request is made before the first entry or page is asked for.
 */
export interface Listing<Entry> extends AsyncIterable<Entry> {
  pages(): AsyncIterable<readonly Entry[]>;
}

/** An object directly below a prefix, or a common prefix of the objects further down. */
export type DelimitedEntry =
  | { readonly type: 'object'; readonly meta: ObjectMeta }
  | { readonly type: 'prefix'; readonly path: ObjectPath };

/** How a listing is fetched. */
export interface ListOptions extends CallOptions {
  /** Most entries of one page; default and maximum depend on the store, 1000 in most. */
  readonly pageSize?: number | undefined;
}

/** How the deletion of one path ended. */
export interface DeleteResult {
  /** As it was given. */
  readonly path: string;
  /** Set when the object was not deleted. */
  readonly error?: unknown;
}

import type { ObjectPath } from '../path/object-path.ts';

/** What a cloud store is asked to list. */
export interface CloudListing {
  readonly prefix: ObjectPath;
  /** Entries start after this path. */
  readonly offset?: string;
  /** Set to show what lies further down as common prefixes. */
  readonly delimiter?: '/';
}

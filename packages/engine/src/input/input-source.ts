import type { ObjectStore } from '@planscope/object-store';

/** One object behind an input, as its store described it when the run was planned. */
export interface InputObject {
  /** URL without credentials. */
  readonly url: string;
  readonly store: ObjectStore;
  /** Path within the store. */
  readonly path: string;
  /** Size in bytes. */
  readonly size: number;
  readonly etag: string | undefined;
}

/** Everything an input reads, in order of path. */
export interface InputSource {
  readonly objects: readonly InputObject[];
}

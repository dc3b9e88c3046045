import type { RemoteObject } from '@planscope/object-store';

/** One object behind an input, as its store described it when the run was planned. */
export interface InputObject extends RemoteObject {
  /** URL without credentials. */
  readonly url: string;
}

/** Everything an input reads, in order of path. */
export interface InputSource {
  readonly objects: readonly InputObject[];
}

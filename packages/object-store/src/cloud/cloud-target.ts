import type { ObjectPath } from '../path/object-path.ts';

/** An object of a cloud store, as requests and errors name it. */
export interface CloudTarget {
  readonly store: string;
  readonly path: ObjectPath;
}

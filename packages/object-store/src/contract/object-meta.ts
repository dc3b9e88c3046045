import type { ObjectPath } from '../path/object-path.ts';

/** What a store knows of an object without reading it. */
export interface ObjectMeta {
  readonly path: ObjectPath;
  /** Size of the whole object in bytes, also where only a range of it was read. */
  readonly size: number;
  readonly lastModified: Date;
  /** Changes whenever the object is written; opaque. */
  readonly eTag?: string;
  /** Identity of this version, where the store keeps versions. */
  readonly version?: string;
}

/** What a store keeps beside the bytes and gives back with them. */
export interface ObjectAttributes {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** The program's own fields; names in lower case. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Names and values that a store can be searched or billed by. */
export type ObjectTags = Readonly<Record<string, string>>;

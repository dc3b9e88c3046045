import type { CallOptions } from './call-options.ts';
import type { ObjectAttributes, ObjectTags } from './object-meta.ts';

/** Bytes to write: at once, or as a stream (a web or Node stream is one) that is pulled only as fast as it is written. */
export type PutBody = string | Uint8Array | AsyncIterable<Uint8Array>;

/**
 * What a write does about an object that is there: replace it, refuse with AlreadyExists, or replace only the one with
 * this etag or version and refuse any other with Precondition.
 */
export type PutMode =
  | 'overwrite'
  | 'create'
  | { readonly update: { readonly eTag?: string; readonly version?: string } };

/** How an object is written. */
export interface PutOptions extends CallOptions {
  /** Default `overwrite`. */
  readonly mode?: PutMode | undefined;
  readonly attributes?: ObjectAttributes | undefined;
  readonly tags?: ObjectTags | undefined;
}

/** Identity of what was written. */
export interface PutResult {
  readonly eTag?: string;
  readonly version?: string;
}

/** How an object is copied or renamed. */
export interface CopyOptions extends CallOptions {
  /** Whether an object at the destination is replaced (default) or refused with AlreadyExists. */
  readonly mode?: 'overwrite' | 'create' | undefined;
}

import type { ObjectBody } from '../body/object-body.ts';
import type { ByteRange, GetRange } from '../range/get-range.ts';
import type { CallOptions } from './call-options.ts';
import type { ObjectAttributes, ObjectMeta } from './object-meta.ts';

/** Conditions are tested as HTTP does: an etag condition takes the place of the date condition of the same sense. */
export interface GetOptions extends CallOptions {
  /** Only if the etag is this one, or one of these parted by commas; else Precondition. */
  readonly ifMatch?: string | undefined;
  /** Only if the etag is none of these; else NotModified. */
  readonly ifNoneMatch?: string | undefined;
  /** Only if written after this time, to the second; else NotModified. */
  readonly ifModifiedSince?: Date | undefined;
  /** Only if not written after this time, to the second; else Precondition. */
  readonly ifUnmodifiedSince?: Date | undefined;
  /** Default the whole object. */
  readonly range?: GetRange | undefined;
  /** Default the newest version. */
  readonly version?: string | undefined;
  /** Leaves out the bytes: the body is empty. */
  readonly head?: boolean | undefined;
}

/** An object, or the part of it that was asked for. */
export interface GetResult {
  readonly meta: ObjectMeta;
  /** The bytes the body holds. */
  readonly range: ByteRange;
  readonly attributes: ObjectAttributes;
  /** To be read, or cancelled, once. */
  readonly body: ObjectBody;
}

/** How several ranges of one object are fetched. */
export interface GetRangesOptions extends CallOptions {
  /** Ranges with at most this many bytes between them are fetched as one; default depends on the store. */
  readonly coalesceGap?: number | undefined;
  readonly version?: string | undefined;
}

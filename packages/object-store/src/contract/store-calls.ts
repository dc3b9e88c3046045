// What the calls of a store take and what they give back.

import type { Attributes, Context } from '@opentelemetry/api';
import type { SpanBudget } from '@planscope/plan/report';
import type { ObjectBody } from '../body/object-body.ts';
import type { ObjectPath } from '../path/object-path.ts';
import type { ByteRange, GetRange } from '../range/get-range.ts';

/** What a call did that its result does not say. */
export interface CallFacts {
  /** Attempts of the SDK behind the store, including the first. */
  readonly attempts?: number;
  /** Number of requests, if one call makes several. */
  readonly requests?: number;
  /** Attributes that only this kind of store has, for example `aws.s3.upload_id`. */
  readonly attributes?: Attributes;
}

/** What every call of a store takes. A plan's TaskContext fits as it is. */
export interface CallOptions {
  /** Aborts the call, and the body or listing that it returned, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Context to parent the spans of the call under; default the active one. */
  readonly otelContext?: Context | undefined;
  /** Spans this run may still make; default no limit. */
  readonly budget?: SpanBudget | undefined;
  /** The store reports here what a call did; instrumentation sets it. */
  readonly observe?: ((facts: CallFacts) => void) | undefined;
}

/** Conditions are tested as HTTP does: an etag condition takes the place of the date condition of the same sense. */
export interface GetOptions extends CallOptions {
  /** Only if the etag is this one, or one of these separated by commas; else Precondition. */
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
  /** Whether NotFound is a normal outcome: it is thrown all the same, but the span of the call is no error. Default false. */
  readonly mayBeAbsent?: boolean | undefined;
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

/** What a signed URL lets its holder do, and for how long. */
export interface SignedUrlOptions extends CallOptions {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'HEAD';
  /** How long the URL works, in seconds, from 1. */
  readonly expiresIn: number;
}

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

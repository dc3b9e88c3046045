import type { Attributes } from '@opentelemetry/api';
import type { GetRange } from '../range/get-range.ts';
import type { StoreAccess } from './store-access.ts';
import type {
  CallOptions,
  CopyOptions,
  DeleteResult,
  DelimitedEntry,
  GetOptions,
  GetRangesOptions,
  GetResult,
  Listing,
  ListOptions,
  ObjectMeta,
  ObjectTags,
  PutBody,
  PutOptions,
  PutResult,
  SignedUrlOptions,
} from './store-calls.ts';

/**
 * Objects by path. Paths are segments joined by `/`, as `parsePath` takes them; a prefix is whole segments, so `foo`
 * holds `foo/x` and neither `foo` itself nor `foo.bar/x`.
 *
 * A write is atomic: a reader sees the old object or the whole new one. Every failure is an ObjectStoreError, but for an
 * aborted signal, whose reason is thrown, and for what the caller's own streams throw.
 */
export interface ObjectStore {
  /** Short name for spans and errors; default the scheme. */
  readonly name: string;
  /** Scheme and bucket, container or root: `s3://bucket/`, `memory:///`, `file:///`. */
  readonly baseUrl: string;
  readonly capabilities: StoreCapabilities;

  put(path: string, body: PutBody, options?: PutOptions): Promise<PutResult>;
  putMultipart(path: string, options?: PutOptions): Promise<MultipartUpload>;

  get(path: string, options?: GetOptions): Promise<GetResult>;
  /** The bytes of each range, in the order asked for; ranges that lie close together are fetched as one. */
  getRanges(path: string, ranges: readonly GetRange[], options?: GetRangesOptions): Promise<Uint8Array[]>;
  head(path: string, options?: CallOptions): Promise<ObjectMeta>;

  delete(path: string, options?: CallOptions): Promise<void>;
  /** Deletes paths as they arrive and yields the result of each, in the same order. Starts when it is read. */
  deleteStream(paths: Iterable<string> | AsyncIterable<string>, options?: CallOptions): AsyncIterable<DeleteResult>;

  /** @param prefix default everything */
  list(prefix?: string, options?: ListOptions): Listing<ObjectMeta>;
  /** @param offset entries start after this path, which need not exist */
  listWithOffset(prefix: string | undefined, offset: string, options?: ListOptions): Listing<ObjectMeta>;
  /** Only what is directly below the prefix. */
  listWithDelimiter(prefix?: string, options?: ListOptions): Listing<DelimitedEntry>;

  copy(from: string, to: string, options?: CopyOptions): Promise<void>;
  /** Atomic if the store supports it; else a copy, then a delete. */
  rename(from: string, to: string, options?: CopyOptions): Promise<void>;

  /** The tags of an object, if the store keeps tags. */
  getTags?(path: string, options?: CallOptions): Promise<ObjectTags>;
  /** A URL that lets its bearer make one kind of request, if the store supports it. It is a credential. */
  signedUrl?(path: string, options: SignedUrlOptions): Promise<string>;
  /** The file that holds the object, if it is on this machine: an engine can read it in place. */
  localPath?(path: string): string;
  /**
   * Identifies this store across endpoints, accounts and processes. Without
   * it, no copy of an object outlives its run.
   */
  identity?(): Promise<string | undefined>;
  /**
   * Endpoint and current credentials, for an engine that reads the objects itself. Undefined if the store has no form of
   * them that others understand.
   */
  access?(): Promise<StoreAccess | undefined>;
  /** Attributes of this kind of store for a span, known before the call, for example `aws.s3.key`. */
  spanAttributes?(call: StoreCall): Attributes;
}

/** What a span is about. */
export interface StoreCall {
  readonly operation: string;
  /** Of the object; the destination of a copy. */
  readonly path?: string | undefined;
  /** The source of a copy. */
  readonly from?: string | undefined;
}

/** An upload in parts. Nothing is visible before `complete`, and nothing is left after `abort`. */
export interface MultipartUpload {
  /** The store's name for the upload. */
  readonly id: string;
  /** Smallest size in bytes of every part but the last. */
  readonly minimumPartSize: number;
  /**
   * Uploads one part. Parts may come in any order and at the same time; the object is their bytes in order of number.
   *
   * @param partNumber from 1; a number that was uploaded before is replaced
   */
  putPart(partNumber: number, body: PutBody, options?: CallOptions): Promise<void>;
  /**
   * Makes the object of the parts. A missing number is an error, and so is an upload without a part.
   *
   * @throws ObjectStoreError AlreadyExists or Precondition, where the upload was started with such a mode
   */
  complete(options?: CallOptions): Promise<PutResult>;
  /** Discards the parts; safe to call twice, and after a `complete` that failed. */
  abort(options?: CallOptions): Promise<void>;
}

/** What a store can do, and how it behaves where stores differ. */
export interface StoreCapabilities {
  /** Whether the store keeps attributes; if not, a write with attributes fails with NotSupported. */
  readonly attributes: boolean;
  /** Whether the store keeps tags; if not, a write with tags fails with NotSupported. */
  readonly tags: boolean;
  /** Whether `get` can ask for the last bytes of an object. */
  readonly suffixRange: boolean;
  /** Whether a write can depend on the etag or version it replaces. */
  readonly update: boolean;
  /** What deleting a missing object does. */
  readonly deleteMissing: 'succeeds' | 'not-found';
  /** Of two uploads in parts to one path: whether both can be completed, so that the last one stays. */
  readonly concurrentUploads: 'last-completed-wins' | 'one-may-fail';
}

import type { MultipartUpload, ObjectStore, StoreCapabilities } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
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
  PutBody,
  PutOptions,
  PutResult,
} from '../contract/store-calls.ts';
import { deleteEach } from '../listing/delete-each.ts';
import { PagedListing } from '../listing/paged-listing.ts';
import { parseObjectPath, parsePath } from '../path/object-path.ts';
import { fetchRanges } from '../range/fetch-ranges.ts';
import type { GetRange } from '../range/get-range.ts';
import { type CloudListing, objectsOf } from './cloud-listing.ts';
import type { CloudTarget } from './cloud-request.ts';
import { putStream } from './cloud-upload.ts';

/** Most requests of one call at a time. */
const concurrentRequests = 4;

/** The base of all stores behind an SDK; each adds the requests of its service. */
export abstract class CloudStore implements ObjectStore {
  readonly name: string;
  readonly baseUrl: string;
  abstract readonly capabilities: StoreCapabilities;
  readonly #partSize: number;

  /** @param settings.partSize bytes of a part when a stream is written */
  protected constructor(settings: { readonly name: string; readonly baseUrl: string; readonly partSize: number }) {
    this.name = settings.name;
    this.baseUrl = settings.baseUrl;
    this.#partSize = settings.partSize;
  }

  abstract putMultipart(path: string, options?: PutOptions): Promise<MultipartUpload>;
  abstract get(path: string, options?: GetOptions): Promise<GetResult>;
  abstract head(path: string, options?: CallOptions): Promise<ObjectMeta>;
  abstract delete(path: string, options?: CallOptions): Promise<void>;
  abstract copy(from: string, to: string, options?: CopyOptions): Promise<void>;
  /** Writes an object in one request. */
  protected abstract putBytes(target: CloudTarget, body: string | Uint8Array, options: PutOptions): Promise<PutResult>;
  /** Pages of objects and common prefixes; names that no path can hold, markers of folders among them, are left out. */
  protected abstract pages(listing: CloudListing, options: ListOptions): AsyncIterable<DelimitedEntry[]>;

  async put(path: string, body: PutBody, options: PutOptions = {}): Promise<PutResult> {
    const target = this.target(path);
    if (typeof body === 'string' || body instanceof Uint8Array) return this.putBytes(target, body, options);
    return putStream(
      body,
      {
        partSize: this.#partSize,
        concurrency: concurrentRequests,
        putBytes: (bytes) => this.putBytes(target, bytes, options),
        startUpload: () => this.putMultipart(path, options),
      },
      options,
    );
  }

  async getRanges(path: string, ranges: readonly GetRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    return getRangesBy((target, call) => this.get(target, call), this.target(path), ranges, options);
  }

  deleteStream(
    paths: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    return deleteEach(paths, (path) => this.delete(path, options), options, concurrentRequests);
  }

  list(prefix = '', options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#objects(prefix, {}, options);
  }

  listWithOffset(prefix: string | undefined, offset: string, options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#objects(prefix ?? '', { offset }, options);
  }

  listWithDelimiter(prefix = '', options: ListOptions = {}): Listing<DelimitedEntry> {
    return new PagedListing(() => this.pages({ prefix: parsePath(prefix, this.name), delimiter: '/' }, options));
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    await this.copy(from, to, options);
    if (this.target(from).path !== this.target(to).path) await this.delete(from, options);
  }

  /** @throws ObjectStoreError InvalidPath */
  protected target(path: string): CloudTarget {
    return { store: this.name, path: parseObjectPath(path, this.name) };
  }

  #objects(prefix: string, from: { readonly offset?: string }, options: ListOptions): Listing<ObjectMeta> {
    return new PagedListing(() => objectsOf(this.pages({ prefix: parsePath(prefix, this.name), ...from }, options)));
  }
}

/** How far apart ranges may lie to be fetched as one: over a network, a request costs about as much as this many bytes. */
const coalesceGap = 1024 * 1024;
const concurrentReads = 8;

/**
 * Reads ranges of one object by several gets, all of the same state of the object.
 *
 * @throws ObjectStoreError Precondition when the object was replaced in between
 */
async function getRangesBy(
  get: (path: string, options: GetOptions) => Promise<GetResult>,
  where: { readonly store: string; readonly path: string },
  ranges: readonly GetRange[],
  options: GetRangesOptions,
): Promise<Uint8Array[]> {
  let eTag: string | undefined;
  const fetch = async (range: GetRange, signal: AbortSignal): Promise<Uint8Array> => {
    const { meta, body } = await get(where.path, { range, signal, version: options.version, observe: options.observe });
    eTag ??= meta.eTag;
    if (meta.eTag === eTag) return body.bytes();
    await body.cancel();
    throw new ObjectStoreError('Precondition', 'the object was replaced while its ranges were read', where);
  };
  return fetchRanges(ranges, fetch, {
    ...where,
    gap: options.coalesceGap ?? coalesceGap,
    concurrency: concurrentReads,
    signal: options.signal,
  });
}

import { bytesBody, concatBytes } from '../body/object-body.ts';
import { bodyBytes } from '../body/put-body.ts';
import { checkConditions, checkUpdate } from '../conditions/check-conditions.ts';
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
  ObjectAttributes,
  ObjectMeta,
  ObjectTags,
  PutBody,
  PutOptions,
  PutResult,
} from '../contract/store-calls.ts';
import { deleteEach } from '../listing/delete-each.ts';
import { delimitedEntries, objectsBelow, PagedListing, pagesOf } from '../listing/paged-listing.ts';
import { type ObjectPath, parseObjectPath, parsePath } from '../path/object-path.ts';
import { checkRange, type GetRange, resolveRange } from '../range/get-range.ts';
import { UploadParts } from '../upload/upload-parts.ts';

/** Objects in this process's memory. */
export class MemoryStore implements ObjectStore {
  readonly name: string;
  readonly baseUrl: string;
  readonly capabilities: StoreCapabilities = {
    attributes: true,
    tags: true,
    suffixRange: true,
    update: true,
    deleteMissing: 'not-found',
    concurrentUploads: 'last-completed-wins',
  };
  readonly #entries = new Map<ObjectPath, MemoryEntry>();
  #lastETag = 0;
  #lastUpload = 0;

  /**
   * @param options.name for spans and errors; default `memory`
   * @param options.baseUrl default `memory:///`
   */
  constructor(options: { readonly name?: string; readonly baseUrl?: string } = {}) {
    this.name = options.name ?? 'memory';
    this.baseUrl = options.baseUrl ?? 'memory:///';
  }

  async put(path: string, body: PutBody, options: PutOptions = {}): Promise<PutResult> {
    const target = parseObjectPath(path, this.name);
    const kept = keptOptions(options);
    return this.#write(target, await bodyBytes(body, options.signal), kept, options);
  }

  async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    const target = parseObjectPath(path, this.name);
    options.signal?.throwIfAborted();
    const kept = keptOptions(options);
    this.#lastUpload += 1;
    return new MemoryUpload(String(this.#lastUpload), { store: this.name, path: target }, (bytes) =>
      this.#write(target, bytes, kept, options),
    );
  }

  async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    options.signal?.throwIfAborted();
    this.#refuseVersion(path, options);
    const { meta, bytes, attributes } = this.#entry(path);
    checkConditions(options, meta, this.name);
    const range = resolveRange(options.range, meta.size, { store: this.name, path: meta.path });
    const wanted = options.head ? bytes.subarray(0, 0) : bytes.subarray(range.start, range.end);
    return { meta, range, attributes, body: bytesBody(wanted, options.signal) };
  }

  async getRanges(path: string, ranges: readonly GetRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    options.signal?.throwIfAborted();
    this.#refuseVersion(path, options);
    const { bytes, meta } = this.#entry(path);
    const where = { store: this.name, path: meta.path };
    return ranges.map((range) => {
      checkRange(range, where);
      const { start, end } = resolveRange(range, meta.size, where);
      return bytes.slice(start, end);
    });
  }

  async head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    options.signal?.throwIfAborted();
    return this.#entry(path).meta;
  }

  async getTags(path: string, options: CallOptions = {}): Promise<ObjectTags> {
    options.signal?.throwIfAborted();
    return { ...this.#entry(path).tags };
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.#entries.delete(this.#entry(path).meta.path);
  }

  deleteStream(
    paths: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    return deleteEach(paths, (path) => this.delete(path, options), options);
  }

  list(prefix = '', options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#listing(prefix, options, (path) => this.#objects(path));
  }

  listWithOffset(prefix: string | undefined, offset: string, options: ListOptions = {}): Listing<ObjectMeta> {
    return this.#listing(prefix ?? '', options, (path) => this.#objects(path, offset));
  }

  listWithDelimiter(prefix = '', options: ListOptions = {}): Listing<DelimitedEntry> {
    return this.#listing(prefix, options, (path) => delimitedEntries(this.#objects(path), path));
  }

  async copy(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    const target = parseObjectPath(to, this.name);
    const { bytes, attributes, tags } = this.#entry(from);
    this.#write(target, bytes, { attributes, tags }, options);
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const source = parseObjectPath(from, this.name);
    await this.copy(from, to, options);
    if (source !== parseObjectPath(to, this.name)) this.#entries.delete(source);
  }

  #entry(path: string): MemoryEntry {
    const checked = parseObjectPath(path, this.name);
    const entry = this.#entries.get(checked);
    if (entry === undefined) {
      throw new ObjectStoreError('NotFound', 'there is no such object', { store: this.name, path: checked });
    }
    return entry;
  }

  #write(
    path: ObjectPath,
    bytes: Uint8Array,
    kept: Pick<MemoryEntry, 'attributes' | 'tags'>,
    { mode = 'overwrite' }: PutOptions,
  ): PutResult {
    const where = { store: this.name, path };
    const before = this.#entries.get(path);
    if (mode === 'create' && before !== undefined) {
      throw new ObjectStoreError('AlreadyExists', 'there is an object already', where);
    }
    if (typeof mode === 'object') checkUpdate(mode.update, before?.meta.eTag, where);
    this.#lastETag += 1;
    const eTag = String(this.#lastETag);
    this.#entries.set(path, { meta: { path, size: bytes.byteLength, lastModified: new Date(), eTag }, bytes, ...kept });
    return { eTag };
  }

  #objects(prefix: ObjectPath, offset?: string): Iterable<ObjectMeta> {
    const objects = [...this.#entries.values()].map(({ meta }) => meta);
    return objectsBelow(objects, prefix, offset);
  }

  #listing<Entry>(
    prefix: string,
    options: ListOptions,
    entries: (prefix: ObjectPath) => Iterable<Entry>,
  ): Listing<Entry> {
    return new PagedListing(() => {
      const path = parsePath(prefix, this.name);
      return pagesOf(entries(path), options, { store: this.name, path });
    });
  }

  #refuseVersion(path: string, { version }: { readonly version?: string | undefined }): void {
    if (version === undefined) return;
    throw new ObjectStoreError('NotSupported', 'this store keeps no versions', { store: this.name, path });
  }
}

/** Parts in memory until `complete` joins them. */
class MemoryUpload implements MultipartUpload {
  readonly id: string;
  readonly minimumPartSize = 1;
  readonly #parts: UploadParts<Uint8Array>;
  readonly #commit: (bytes: Uint8Array) => PutResult;

  constructor(id: string, where: { store: string; path: string }, commit: (bytes: Uint8Array) => PutResult) {
    this.id = id;
    this.#parts = new UploadParts(where);
    this.#commit = commit;
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    this.#parts.set(partNumber, await bodyBytes(body, options.signal));
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    options.signal?.throwIfAborted();
    const result = this.#commit(concatBytes(this.#parts.inOrder()));
    this.#parts.close('completed');
    return result;
  }

  async abort(): Promise<void> {
    this.#parts.close('aborted');
  }
}

/** One object in memory; never changed, only replaced. */
interface MemoryEntry {
  readonly meta: ObjectMeta & { readonly eTag: string };
  readonly bytes: Uint8Array;
  readonly attributes: ObjectAttributes;
  readonly tags: ObjectTags;
}

/** The options that a write keeps, as copies. */
function keptOptions(options: PutOptions): Pick<MemoryEntry, 'attributes' | 'tags'> {
  const { metadata, ...attributes } = options.attributes ?? {};
  return {
    attributes: { ...attributes, ...(metadata === undefined ? {} : { metadata: { ...metadata } }) },
    tags: { ...options.tags },
  };
}

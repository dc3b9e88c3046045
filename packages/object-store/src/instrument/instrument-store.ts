import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_OFFSET,
  ATTR_OBJECT_STORE_PREFIX,
  ATTR_OBJECT_STORE_RESULT_BYTES,
} from '@planscope/semconv';
import { ObjectBody } from '../body/object-body.ts';
import type { MultipartUpload, ObjectStore, StoreCall, StoreCapabilities } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { StoreAccess } from '../contract/store-access.ts';
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
} from '../contract/store-calls.ts';
import { PagedListing } from '../listing/paged-listing.ts';
import type { GetRange } from '../range/get-range.ts';
import {
  countedBody,
  getAttributes,
  gotAttributes,
  metaAttributes,
  optionAttributes,
  putAttributes,
  rangeAttributes,
  writtenAttributes,
} from './call-attributes.ts';
import { type InstrumentStoreOptions, StorageTracer, tracedCall } from './storage-tracer.ts';
import { bodyNotes, deletionNotes, listingNotes, TracedIterator, tracedStream } from './traced-stream.ts';
import { TracedUpload } from './traced-upload.ts';

/**
 * The same store with a span for each operation. Returns a store unchanged if this or another copy of the package
 * already traces it.
 *
 * @param options.partSpans whether each part of an upload gets a span; default true
 */
export function instrumentStore(store: ObjectStore, options: InstrumentStoreOptions = {}): ObjectStore {
  if (innerStore(store) !== store) return store;
  const traced = new TracedStore(store, options);
  Object.defineProperty(traced, marker, { value: store });
  return traced;
}

/** On a traced store: the store behind it. Every copy of the package knows it, so none wraps what another has wrapped. */
const marker = Symbol.for('planscope.object-store.inner');

/** The store behind a traced one; returns any other store unchanged. */
export function innerStore(store: ObjectStore): ObjectStore {
  return (store as { readonly [marker]?: ObjectStore })[marker] ?? store;
}

/** A store with a span for each operation; what a store cannot do, its traced form cannot do either. */
class TracedStore implements ObjectStore {
  readonly name: string;
  readonly baseUrl: string;
  readonly capabilities: StoreCapabilities;
  readonly getTags?: (path: string, options?: CallOptions) => Promise<ObjectTags>;
  readonly signedUrl?: (path: string, options: SignedUrlOptions) => Promise<string>;
  readonly localPath?: (path: string) => string;
  readonly identity?: () => Promise<string | undefined>;
  readonly access?: () => Promise<StoreAccess | undefined>;
  readonly #store: ObjectStore;
  readonly #tracer: StorageTracer;
  readonly #partSpans: boolean;

  constructor(store: ObjectStore, options: InstrumentStoreOptions) {
    this.#store = store;
    this.name = store.name;
    this.baseUrl = store.baseUrl;
    this.capabilities = store.capabilities;
    this.#tracer = new StorageTracer(store, options);
    this.#partSpans = options.partSpans ?? true;
    const { getTags, signedUrl, localPath, identity, access } = store;
    if (getTags)
      this.getTags = (path, call = {}) => this.#call('get_tags', path, call, (o) => getTags.call(store, path, o));
    if (signedUrl) {
      this.signedUrl = (path, call) => this.#call('signed_url', path, call, (o) => signedUrl.call(store, path, o));
    }
    if (localPath) this.localPath = (path) => localPath.call(store, path);
    if (identity) this.identity = () => identity.call(store);
    if (access) this.access = () => access.call(store);
  }

  async put(path: string, body: PutBody, options: PutOptions = {}): Promise<PutResult> {
    const counted = countedBody(body);
    const length = (): Attributes => {
      const bytes = counted.bytes();
      return bytes === undefined ? {} : { [ATTR_OBJECT_STORE_CONTENT_LENGTH]: bytes };
    };
    const span = this.#tracer.start({ operation: 'put', path }, options, () => putAttributes(body, options));
    return tracedCall(
      span,
      options,
      (call) => this.#store.put(path, counted.body, call),
      (result) => ({ ...writtenAttributes(result), ...length() }),
      length,
    );
  }

  async putMultipart(path: string, options: PutOptions = {}): Promise<MultipartUpload> {
    const span = this.#tracer.start({ operation: 'put_multipart', path }, options, () => optionAttributes(options));
    const upload = await tracedCall(span, options, (call) => this.#store.putMultipart(path, call));
    return new TracedUpload(upload, this.#tracer, { path, options, partSpans: this.#partSpans });
  }

  async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const span = this.#tracer.start({ operation: 'get', path }, options, () => getAttributes(options));
    let result: GetResult;
    try {
      result = await span.run(() => this.#store.get(path, span.options(options)));
    } catch (error) {
      if (options.mayBeAbsent === true && ObjectStoreError.isInstance(error, 'NotFound')) span.endAbsent();
      else span.fail(error);
      throw error;
    }
    span.set(() => gotAttributes(result));
    if (options.head) {
      span.end();
      return result;
    }
    const notes = bodyNotes(span, result.range.end - result.range.start);
    const chunks = new TracedIterator(result.body[Symbol.asyncIterator](), span, notes, options.signal);
    return { ...result, body: new ObjectBody(chunks) };
  }

  async getRanges(path: string, ranges: readonly GetRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    const known = (): Attributes => ({ ...rangeAttributes(ranges), ...optionAttributes(options) });
    return tracedCall(
      this.#tracer.start({ operation: 'get_ranges', path }, options, known),
      options,
      (call) => this.#store.getRanges(path, ranges, call),
      (results) => ({
        [ATTR_OBJECT_STORE_RESULT_BYTES]: results.reduce((sum, { byteLength }) => sum + byteLength, 0),
      }),
    );
  }

  head(path: string, options: CallOptions = {}): Promise<ObjectMeta> {
    const span = this.#tracer.start({ operation: 'head', path }, options);
    return tracedCall(span, options, (call) => this.#store.head(path, call), metaAttributes);
  }

  delete(path: string, options: CallOptions = {}): Promise<void> {
    return this.#call('delete', path, options, (call) => this.#store.delete(path, call));
  }

  deleteStream(
    paths: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    return tracedStream(
      () => this.#tracer.start({ operation: 'delete_stream' }, options),
      (span) => this.#store.deleteStream(paths, span.options(options)),
      deletionNotes,
      options.signal,
    );
  }

  list(prefix?: string, options: ListOptions = {}): Listing<ObjectMeta> {
    const known = { [ATTR_OBJECT_STORE_PREFIX]: prefix ?? '' };
    return this.#listing('list', known, options, (call) => this.#store.list(prefix, call));
  }

  listWithOffset(prefix: string | undefined, offset: string, options: ListOptions = {}): Listing<ObjectMeta> {
    const known = { [ATTR_OBJECT_STORE_PREFIX]: prefix ?? '', [ATTR_OBJECT_STORE_OFFSET]: offset };
    return this.#listing('list_with_offset', known, options, (call) =>
      this.#store.listWithOffset(prefix, offset, call),
    );
  }

  listWithDelimiter(prefix?: string, options: ListOptions = {}): Listing<DelimitedEntry> {
    const known = { [ATTR_OBJECT_STORE_PREFIX]: prefix ?? '' };
    return this.#listing('list_with_delimiter', known, options, (call) => this.#store.listWithDelimiter(prefix, call));
  }

  copy(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    return this.#move('copy', from, to, options);
  }

  rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    return this.#move('rename', from, to, options);
  }

  spanAttributes(call: StoreCall): Attributes {
    return this.#store.spanAttributes?.(call) ?? {};
  }

  #call<Options extends CallOptions, Value>(
    operation: string,
    path: string,
    options: Options,
    call: (options: Options) => Promise<Value>,
  ): Promise<Value> {
    return tracedCall(
      this.#tracer.start({ operation, path }, options, () => optionAttributes(options)),
      options,
      call,
    );
  }

  #move(operation: 'copy' | 'rename', from: string, to: string, options: CopyOptions): Promise<void> {
    const span = this.#tracer.start({ operation, path: to, from }, options, () => optionAttributes(options));
    return tracedCall(span, options, (call) => this.#store[operation](from, to, call));
  }

  #listing<Entry extends ObjectMeta | DelimitedEntry>(
    operation: string,
    known: Attributes,
    options: ListOptions,
    list: (options: ListOptions) => Listing<Entry>,
  ): Listing<Entry> {
    const attributes = (): Attributes => ({ ...known, ...optionAttributes(options) });
    return new PagedListing<Entry>(() =>
      tracedStream<readonly Entry[]>(
        () => this.#tracer.start({ operation }, options, attributes),
        (span) => list(span.options(options)).pages(),
        () => listingNotes(operation === 'list_with_delimiter'),
        options.signal,
      ),
    );
  }
}

// How cloud stores write: uploads in parts, streams of unknown size, and conditional writes.

import type { Attributes } from '@opentelemetry/api';
import { LinkedAbort } from '../body/abortable.ts';
import { concatBytes } from '../body/object-body.ts';
import { bodyBytes, bodyChunks } from '../body/put-body.ts';
import type { MultipartUpload } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CallFacts, CallOptions, PutBody, PutMode, PutOptions, PutResult } from '../contract/store-calls.ts';
import { UploadParts } from '../upload/upload-parts.ts';
import type { CloudTarget } from './cloud-request.ts';

/** The parts of a multipart upload that all services share; each service adds its requests. */
export abstract class CloudUpload<Part> implements MultipartUpload {
  abstract readonly id: string;
  readonly minimumPartSize: number = 1;
  protected readonly target: CloudTarget;
  protected readonly options: PutOptions;
  readonly #parts: UploadParts<Part>;
  readonly #sending = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  /** @param options as the upload was started with */
  protected constructor(target: CloudTarget, options: PutOptions) {
    this.target = target;
    this.options = options;
    this.#parts = new UploadParts(target);
  }

  /** Sends one part; returns the name that `join` takes for it. */
  protected abstract sendPart(partNumber: number, bytes: Uint8Array, options: CallOptions): Promise<Part>;
  /** Joins the parts into the object. */
  protected abstract join(parts: readonly Part[], options: CallOptions): Promise<PutResult>;
  /** Removes what was sent; succeeds if there is nothing to remove. */
  protected abstract discard(options: CallOptions): Promise<void>;

  /** Store-specific attributes for the spans of this upload. */
  protected spanAttributes(_partNumber?: number): Attributes | undefined {
    return undefined;
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    this.#observe(options, partNumber);
    const sending = this.#send(partNumber, body, options);
    this.#sending.add(sending);
    try {
      await sending;
    } finally {
      this.#sending.delete(sending);
    }
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    const parts = this.#parts.inOrder();
    this.#observe(options);
    const result = await withWriteMode(this.options.mode, this.target, () => this.join(parts, options));
    this.#parts.close('completed');
    return result;
  }

  async abort(options: CallOptions = {}): Promise<void> {
    if (this.#parts.closed !== undefined) return;
    this.#observe(options);
    // A part that arrives after the removal would never be removed.
    this.#stop.abort(new Error('[planscope/object-store] the upload was aborted'));
    await Promise.allSettled(this.#sending);
    await this.discard(options);
    this.#parts.close('aborted');
  }

  async #send(partNumber: number, body: PutBody, options: CallOptions): Promise<void> {
    const stop = new LinkedAbort(options.signal, this.#stop.signal);
    try {
      const bytes = await bodyBytes(body, stop.signal);
      this.#parts.set(partNumber, await this.sendPart(partNumber, bytes, { ...options, signal: stop.signal }));
    } finally {
      stop.release();
    }
  }

  #observe({ observe }: CallOptions, partNumber?: number): void {
    const attributes = this.spanAttributes(partNumber);
    if (attributes !== undefined) observe?.({ attributes });
  }
}

/** How a store writes a body of unknown size. */
interface PutStreamTarget {
  /** Bytes of one part, and the most that are sent in a single request. */
  readonly partSize: number;
  /** Most parts in flight; each is held in memory. */
  readonly concurrency: number;
  putBytes(bytes: Uint8Array): Promise<PutResult>;
  startUpload(): Promise<MultipartUpload>;
}

/**
 * Writes a body in one request if it fits into a part, else as an upload in parts, which is aborted when anything fails.
 * The body is pulled only as fast as parts go out.
 */
export async function putStream(body: PutBody, target: PutStreamTarget, options: PutOptions): Promise<PutResult> {
  const parts = partsOf(bodyChunks(body, options.signal), target.partSize);
  const first = await parts.next();
  const second = await parts.next();
  if (second.done) return target.putBytes(first.done ? new Uint8Array() : first.value);
  const upload = await target.startUpload().catch(async (error: unknown) => {
    await parts.return(undefined);
    throw error;
  });
  try {
    await putParts(upload, prepend([first.value as Uint8Array, second.value], parts), target.concurrency, options);
    return await upload.complete({ signal: options.signal, observe: options.observe });
  } catch (error) {
    await parts.return(undefined);
    await cleanUp((signal) => upload.abort({ signal, observe: options.observe }));
    throw error;
  }
}

async function putParts(
  upload: MultipartUpload,
  parts: AsyncIterable<Uint8Array>,
  concurrency: number,
  { signal, observe }: PutOptions,
): Promise<void> {
  const stop = new LinkedAbort(signal);
  // The attributes of one part do not describe the whole upload, so only the counts are passed on.
  const counting = ({ attempts = 0, requests = 0 }: CallFacts): void => observe?.({ attempts, requests });
  const sending = new Set<Promise<void>>();
  let partNumber = 0;
  try {
    for await (const part of parts) {
      partNumber += 1;
      const sent = upload
        .putPart(partNumber, part, { signal: stop.signal, observe: counting })
        .finally(() => sending.delete(sent));
      sent.catch(() => undefined);
      sending.add(sent);
      if (sending.size >= concurrency) await Promise.race(sending);
    }
    await Promise.all(sending);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(sending);
    throw error;
  } finally {
    stop.release();
  }
}

/** The same bytes in parts of one size, but for the last. */
async function* partsOf(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.byteLength > 0; ) {
      const taken = rest.subarray(0, size - length);
      held.push(taken);
      length += taken.byteLength;
      rest = rest.subarray(taken.byteLength);
      if (length < size) continue;
      yield concatBytes(held);
      held = [];
      length = 0;
    }
  }
  if (length > 0) yield concatBytes(held);
}

async function* prepend<Item>(first: readonly Item[], rest: AsyncIterable<Item>): AsyncGenerator<Item> {
  yield* first;
  yield* rest;
}

/**
 * Runs a conditional write and maps its refusal to the error kind of the mode: AlreadyExists for `create`,
 * Precondition for `update`, also where the object to update is gone.
 */
export async function withWriteMode<Value>(
  mode: PutMode | undefined,
  where: { readonly store: string; readonly path: string },
  write: () => Promise<Value>,
): Promise<Value> {
  try {
    return await write();
  } catch (error) {
    if (mode === 'create' && ObjectStoreError.isInstance(error, 'Precondition')) {
      throw new ObjectStoreError('AlreadyExists', 'there is an object already', { ...where, cause: error.cause });
    }
    if (typeof mode === 'object' && ObjectStoreError.isInstance(error, 'NotFound')) {
      throw new ObjectStoreError('Precondition', 'there is no object to update', { ...where, cause: error.cause });
    }
    throw error;
  }
}

/** Longest wait of a failed or aborted call for the removal of what it sent, in milliseconds. */
const LONGEST_CLEAN_UP = 5_000;

/**
 * Removes what a failed or aborted call has sent. A failure or a time-out of the removal is ignored, because the caller
 * needs the error that ended the call.
 */
export async function cleanUp(remove: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  await remove(AbortSignal.timeout(LONGEST_CLEAN_UP)).catch(() => undefined);
}

/** The etag and version of a written object, as far as the service reports them. */
export function putResult(eTag: string | undefined, version: string | undefined): PutResult {
  return { ...(eTag === undefined ? {} : { eTag }), ...(version === undefined ? {} : { version }) };
}

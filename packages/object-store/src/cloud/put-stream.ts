import { concatBytes } from '../body/concat-bytes.ts';
import { LinkedAbort } from '../body/linked-abort.ts';
import { bodyChunks } from '../body/put-body.ts';
import type { CallFacts } from '../contract/call-options.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import { tidyUp } from './tidy-up.ts';

/** How a store writes a body whose size is not known. */
export interface PutStreamTarget {
  /** Bytes of one part, and the most that are sent in a single request. */
  readonly partSize: number;
  /** Parts that are sent at one time; as many are held in memory. */
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
    await tidyUp((signal) => upload.abort({ signal, observe: options.observe }));
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
  // What is said of one part is not true of the whole.
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

import type { PutBody } from '../contract/store-calls.ts';
import { abortable } from './abortable.ts';
import { concatBytes } from './object-body.ts';

/** A body as a stream of chunks, ended by the signal. */
export async function* bodyChunks(body: PutBody, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  if (typeof body === 'string') {
    yield new TextEncoder().encode(body);
  } else if (body instanceof Uint8Array) {
    yield body;
  } else {
    for await (const chunk of abortable(body, signal)) {
      if (!(chunk instanceof Uint8Array)) {
        throw new TypeError(`[planscope/object-store] a body must yield Uint8Array, it yielded ${typeof chunk}`);
      }
      yield chunk;
    }
  }
}

/** The whole body as a copy of its bytes. */
export async function bodyBytes(body: PutBody, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyChunks(body, signal)) chunks.push(chunk);
  return concatBytes(chunks);
}

/** Size in bytes where it is known before the body is read. */
export function bodySize(body: PutBody): number | undefined {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.byteLength : undefined;
}

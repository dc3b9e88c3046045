import { ObjectBody } from './object-body.ts';

const chunkSize = 256 * 1024;

/** A body over bytes in memory, handed out in copies: a reader may do with a chunk what it likes. */
export function bytesBody(bytes: Uint8Array, signal: AbortSignal | undefined): ObjectBody {
  return new ObjectBody(chunksOf(bytes, signal));
}

async function* chunksOf(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.byteLength; offset += chunkSize) {
    signal?.throwIfAborted();
    yield bytes.slice(offset, offset + chunkSize);
  }
}

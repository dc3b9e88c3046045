import type { PutBody } from '../contract/put-options.ts';

/** A body whose bytes are counted as the store takes them, where they are not known before. */
export function countedBody(body: PutBody): { readonly body: PutBody; bytes(): number | undefined } {
  if (typeof body === 'string' || body instanceof Uint8Array) return { body, bytes: () => undefined };
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  }
  return { body: counted(body), bytes: () => bytes };
}

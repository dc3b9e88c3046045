import { parseChunked } from '@discoveryjs/json-ext';
import { Slice } from '@planscope/internal/steps';

/** Characters or bytes that are parsed at once, in well below a millisecond. */
const PIECE = 16 * 1024;

/**
 * Parses JSON in slices of a few milliseconds, however long it is.
 *
 * @param source the text, or its parts in UTF-8
 * @returns undefined if it is no JSON, or has the key `__proto__`, which the parser cannot read
 * @throws what the source throws
 */
export async function parseJson(source: string | AsyncIterable<Uint8Array>): Promise<unknown> {
  const failed: { error?: unknown } = {};
  try {
    const values: unknown = await parseChunked(inPieces(typeof source === 'string' ? [source] : source, failed));
    return Array.isArray(values) && values.length === 2 ? values[0] : undefined;
  } catch {
    if ('error' in failed) throw failed.error;
    return undefined;
  }
}

/**
 * Cuts the parts into pieces of an array that has the value and 1. A text that ends within a list then makes another
 * array; on its own, the parser takes it for a whole one.
 *
 * @param failed gets the error of the parts, which differs from one of the parser
 */
async function* inPieces(
  parts: Iterable<string> | AsyncIterable<Uint8Array>,
  failed: { error?: unknown },
): AsyncGenerator<string | Uint8Array> {
  const slice = new Slice();
  yield '[';
  try {
    for await (const part of parts) {
      for (let start = 0; start < part.length; start += PIECE) {
        yield typeof part === 'string' ? part.slice(start, start + PIECE) : part.subarray(start, start + PIECE);
        if (slice.isOver) await slice.next();
      }
    }
  } catch (error) {
    failed.error = error;
    throw error;
  }
  yield ', 1]';
}

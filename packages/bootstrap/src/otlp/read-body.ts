import type { IncomingMessage } from 'node:http';

/** Answers of an OTLP receiver are a few bytes; whatever is larger comes from something else. */
export const MAX_ANSWER_BYTES: number = 64 * 1024;

/** The body of a response, cut off where it is longer than any OTLP receiver's. */
export async function readBody(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks);
}

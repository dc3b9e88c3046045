import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Why there is no body: it is too large, other requests take up the space, or it cannot be decompressed. */
export type BodyProblem = 'too-large' | 'busy' | 'not-gzip';

/** Reads the bodies of requests and limits what they hold in memory, each and together. */
export class RequestBodies {
  readonly #mostBytes: number;
  readonly #mostTogether: number;
  #held = 0;

  /**
   * @param mostBytes of one body, compressed or not
   * @param mostTogether of all compressed bodies that are read at one time
   */
  constructor(mostBytes: number, mostTogether: number) {
    this.#mostBytes = mostBytes;
    this.#mostTogether = mostTogether;
  }

  /**
   * Reads a body and decompresses it. It stops at the limit, whatever length the request gave, so that the rest of the
   * request is left unread.
   *
   * @throws Error if the sender leaves before its end
   */
  async read(request: IncomingMessage): Promise<Buffer | BodyProblem> {
    if (Number(request.headers['content-length'] ?? 0) > this.#mostBytes) return 'too-large';
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.#held += chunk.length;
        if (bytes > this.#mostBytes) return 'too-large';
        if (this.#held > this.#mostTogether) return 'busy';
        chunks.push(chunk);
      }
      const raw = Buffer.concat(chunks, bytes);
      return request.headers['content-encoding'] === 'gzip' ? await this.#decompress(raw) : raw;
    } finally {
      this.#held -= bytes;
    }
  }

  async #decompress(raw: Buffer): Promise<Buffer | BodyProblem> {
    try {
      return await promisify(gunzip)(raw, { maxOutputLength: this.#mostBytes });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'not-gzip';
    }
  }
}

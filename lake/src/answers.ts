import { existsSync, readFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { join } from 'node:path';
import type { Answer } from './counting-server.ts';

const RANGE = /^bytes=(\d+)-(\d+)$/;

/** The files of a folder, with ranges. Reads them at once: DuckDB may hold all threads that reading later would need. */
export function filesOf(folder: string): Answer {
  return async ({ url = '', headers }) => {
    const path = join(folder, new URL(url, 'http://x').pathname);
    const content = existsSync(path) ? readFileSync(path) : undefined;
    if (content === undefined) return { status: 404, headers: { 'content-length': '0' }, body: Buffer.alloc(0) };
    const [, first, last] = RANGE.exec(headers.range ?? '') ?? [];
    if (first === undefined || last === undefined) {
      return {
        status: 200,
        headers: { 'content-length': String(content.length), 'accept-ranges': 'bytes' },
        body: content,
      };
    }
    const body = content.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${last}/${content.length}`;
    return { status: 206, headers: { 'content-length': String(body.length), 'content-range': range }, body };
  };
}

/** Another server on loopback. The host stays what the client sent, as its signature covers it. */
export function serverAt(port: number): Answer {
  return ({ method, url, headers }, body) =>
    new Promise((resolve, reject) => {
      const forwarded = send({ port, host: '127.0.0.1', method, path: url, headers }, async (response) => {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part as Buffer);
        const { 'transfer-encoding': _, ...kept } = response.headers;
        const received = Buffer.concat(parts);
        const length = kept['content-length'] ?? String(received.length);
        const answered = Object.fromEntries(
          Object.entries({ ...kept, 'content-length': length }).map(([key, value]) => [key, String(value)]),
        );
        resolve({ status: response.statusCode ?? 0, headers: answered, body: received });
      });
      forwarded.on('error', reject);
      forwarded.end(body);
    });
}

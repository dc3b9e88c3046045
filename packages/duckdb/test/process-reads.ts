import { readFile } from 'node:fs/promises';
import { PrivateFile } from '../src/measure/private-file.ts';

/** What we have read ourselves of what DuckDB writes for us. */
let own = 0;
const read = PrivateFile.prototype.read;
PrivateFile.prototype.read = function (this: PrivateFile, offset: number): Buffer {
  const bytes = read.call(this, offset);
  own += bytes.length;
  return bytes;
};

/** Bytes that this process has read from files so far, but for the profiles and logs of this package. */
export async function processReads(): Promise<number> {
  const io = await readFile('/proc/self/io', 'utf8');
  return Number(/rchar: (\d+)/.exec(io)?.[1]) - own;
}

/**
 * Time to have an object of 64 MiB as a local file: in one request, in ranges side by side, and from the copy that is kept.
 * The store is in memory; a connection of the slow one has 20 ms until its first byte and then 50 MB a second, which is
 * what ranges are for, one of the fast one has no limit, which shows what they cost.
 *
 * `node --expose-gc --conditions=@planscope/source --import tsx bench/object-cache.ts [--rounds 7]`
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type GetOptions, type GetResult, MemoryStore, ObjectBody, ObjectCache } from '@planscope/object-store';

const BYTES = 64 * 2 ** 20;
const LATENCY_MILLIS = 20;
const BYTES_PER_MILLI = 50_000;
const CHUNK_BYTES = 2 ** 18;

/** As far away as a cloud store is, one connection at a time. */
class DistantStore extends MemoryStore {
  readonly #isSlow: boolean;

  constructor(isSlow: boolean) {
    super();
    this.#isSlow = isSlow;
  }

  identity(): Promise<string> {
    return Promise.resolve(`distant ${this.#isSlow}`);
  }

  override async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    const got = await super.get(path, options);
    const bytes = await got.body.bytes();
    return { ...got, body: new ObjectBody(this.#chunks(bytes)) };
  }

  async *#chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    const start = performance.now();
    for (let sent = 0; sent < bytes.length; sent += CHUNK_BYTES) {
      const due = start + LATENCY_MILLIS + sent / BYTES_PER_MILLI;
      if (this.#isSlow && due > performance.now()) await setTimeout(due - performance.now());
      yield bytes.subarray(sent, sent + CHUNK_BYTES);
    }
  }
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);
const folder = await mkdtemp(join(tmpdir(), 'planscope-bench-'));
const content = randomBytes(BYTES);

try {
  for (const isSlow of [true, false]) {
    const store = new DistantStore(isSlow);
    const times = new Map<string, number[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, partSize] of [
        ['one request', BYTES],
        ['ranges of 8 MiB, eight at a time', 8 * 2 ** 20],
      ] as const) {
        // Another etag each time, so that nothing is kept of it yet.
        await store.put('object', content);
        const cache = new ObjectCache({ folder: join(folder, 'cache'), partSize, maxBytes: 2 * BYTES });
        note(name, await fetchOnce(cache, store, BYTES));
        note('the copy that is kept', await fetchOnce(cache, store, 0));
      }
    }
    console.log(isSlow ? `${LATENCY_MILLIS} ms and ${BYTES_PER_MILLI / 1000} MB/s a connection` : 'no limit');
    for (const [name, measured] of times) console.log(`  ${name.padEnd(34)} ${median(measured).toFixed(1)} ms`);

    function note(name: string, time: number): void {
      times.set(name, [...(times.get(name) ?? []), time]);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}

async function fetchOnce(cache: ObjectCache, store: DistantStore, expectedBytes: number): Promise<number> {
  const files = cache.open();
  const meta = await store.head('object');
  const start = performance.now();
  const { bytesFetched } = await files.fetch({ store, meta });
  const time = performance.now() - start;
  if (bytesFetched !== expectedBytes) throw new Error(`fetched ${bytesFetched} bytes, not ${expectedBytes}`);
  await files.close();
  return time;
}

function median(sorted: readonly number[]): number {
  return [...sorted].sort((left, right) => left - right)[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

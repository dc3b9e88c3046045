// A process of its own, since it measures memory: files share one if these options are the same.
// @vitest-environment-options { "process": "memory" }
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type GetOptions,
  type GetResult,
  ObjectBody,
  ObjectCache,
  type ObjectMeta,
  parsePath,
} from '../../src/index.ts';
import { RemoteStore } from './remote-store.ts';

const MIB = 1024 * 1024;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-cache-memory-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** One object that is made as it is read. */
class MadeStore extends RemoteStore {
  readonly meta: ObjectMeta;

  constructor(size: number) {
    super();
    this.meta = { path: parsePath('large'), size, lastModified: new Date(), eTag: '1' };
  }

  override async get(_path: string, { range }: GetOptions = {}): Promise<GetResult> {
    const { start, end } = range !== undefined && 'end' in range ? range : { start: 0, end: this.meta.size };
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = start; at < end; at += 64 * 1024) yield new Uint8Array(Math.min(64 * 1024, end - at)).fill(1);
    }
    return { meta: this.meta, range: { start, end }, attributes: {}, body: new ObjectBody(chunks()) };
  }
}

const held = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

it('of a fetch does not grow with the object', async () => {
  const store = new MadeStore(192 * MIB);
  await using files = new ObjectCache({ folder, partSize: 8 * MIB }).open();
  const before = held();
  let most = 0;
  let seen = 0;
  const { path } = await files.fetch(
    { store, meta: store.meta },
    {
      onBytes: (bytes) => {
        seen += bytes;
        if (seen % (16 * MIB) === 0) most = Math.max(most, held() - before);
      },
    },
  );
  expect((await stat(path)).size).toBe(192 * MIB);
  expect(most).toBeGreaterThan(0);
  // Chunks that were written are let go of some time after.
  expect(most).toBeLessThan(64 * MIB);
});

it('after a thousand runs is what it was after a hundred', async () => {
  expect(globalThis.gc, 'tests run with --expose-gc').toBeDefined();
  const store = new RemoteStore();
  const objects = [await store.write('a', 'abc'), await store.write('b', 'defg')];
  const cache = new ObjectCache({ folder });
  const runs = async (count: number): Promise<number> => {
    for (let run = 0; run < count; run += 1) {
      await using files = cache.open();
      await files.fetchAll(objects);
    }
    store.gets.length = 0;
    return held();
  };
  const before = await runs(100);
  expect((await runs(900)) - before).toBeLessThan(5 * MIB);
  expect(await readdir(join(folder, 'runs'))).toEqual([]);
}, 60_000);

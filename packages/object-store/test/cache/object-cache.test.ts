import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheKey } from '../../src/cache/remote-object.ts';
import {
  instrumentStore,
  type LocalObjects,
  MemoryStore,
  ObjectCache,
  ObjectCacheError,
  type ObjectCacheOptions,
} from '../../src/index.ts';
import { patternBytes } from '../../src/testing/room.ts';
import { RemoteStore } from './remote-store.ts';

const KIB = 1024;

let folder: string;
let store: RemoteStore;
const opened: LocalObjects[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-cache-test-'));
  store = new RemoteStore();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((files) => files.close()));
  await rm(folder, { recursive: true, force: true });
});

const cacheWith = (options: ObjectCacheOptions = {}): ObjectCache =>
  new ObjectCache({ folder, partSize: 64 * KIB, ...options });

/** The files of one run. */
function open(cache: ObjectCache = cacheWith()): LocalObjects {
  const files = cache.open();
  opened.push(files);
  return files;
}

const kept = (): Promise<string[]> => readdir(join(folder, 'objects'));
const runs = (): Promise<string[]> => readdir(join(folder, 'runs'));

describe('an object', () => {
  it('is fetched in parts side by side, each held to the etag, and is what the store has', async () => {
    const bytes = patternBytes(500_000);
    const object = await store.write('data/big.csv.gz', bytes);
    let reported = 0;
    const file = await open().fetch(object, { onBytes: (count) => (reported += count) });
    expect(file).toMatchObject({ bytesFetched: 500_000, bytesCached: 0 });
    expect(reported).toBe(500_000);
    expect(file.path).toMatch(/\.gz$/);
    expect(Buffer.compare(await readFile(file.path), bytes)).toBe(0);
    expect(store.gets.length).toBe(Math.ceil(500_000 / (64 * KIB)));
    for (const { ifMatch } of store.gets) expect(ifMatch).toBe(object.meta.eTag);
  });

  it('is fetched with one plain request where it fits in one', async () => {
    await open().fetch(await store.write('small', 'abc'));
    await open().fetch(await store.write('empty', ''));
    expect(store.gets.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it('never has more requests under way than a run may have, over all its objects', async () => {
    const objects = await Promise.all(['a', 'b', 'c', 'd'].map((path) => store.write(path, patternBytes(300 * KIB))));
    let running = 0;
    let most = 0;
    store.before = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
    };
    const files = await open(cacheWith({ concurrency: 3 })).fetchAll(objects);
    expect(files.map(({ bytesFetched }) => bytesFetched)).toEqual(Array(4).fill(300 * KIB));
    expect(most).toBe(3);
  });

  it('is there for its run alone, unreadable for others, until the run is closed', async () => {
    const files = open();
    const { path } = await files.fetch(await store.write('x', 'abc'));
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await files.close();
    expect(await runs()).toEqual([]);
    expect(await kept()).toHaveLength(1);
    await expect(files.fetch(await store.find('x'))).rejects.toMatchObject({ code: 'closed' });
  });

  it('is fetched once for all that ask for it in one run', async () => {
    const files = open();
    const object = await store.write('x', patternBytes(200 * KIB));
    const got = await Promise.all([files.fetch(object), files.fetch(object), files.fetch(object)]);
    expect(new Set(got.map(({ path }) => path)).size).toBe(1);
    expect(got.map(({ bytesFetched }) => bytesFetched)).toEqual([200 * KIB, 0, 0]);
    expect(got.map(({ bytesCached }) => bytesCached)).toEqual([0, 200 * KIB, 200 * KIB]);
  });
});

describe('a later run', () => {
  it('takes what is kept, with no request', async () => {
    const object = await store.write('x', 'abc');
    await open().fetch(object);
    const file = await open(cacheWith()).fetch(object);
    expect(file).toMatchObject({ bytesFetched: 0, bytesCached: 3 });
    expect(await readFile(file.path, 'utf8')).toBe('abc');
    expect(store.gets).toHaveLength(1);
  });

  it('never gets a copy of an object that has changed', async () => {
    await open().fetch(await store.write('x', 'old'));
    const file = await open().fetch(await store.write('x', 'new'));
    expect(await readFile(file.path, 'utf8')).toBe('new');
    expect(file.bytesFetched).toBe(3);
  });

  it('fetches again what is not whole', async () => {
    const object = await store.write('x', 'abcdef');
    await open().fetch(object);
    const [key = ''] = await kept();
    await truncate(join(folder, 'objects', key), 2);
    expect(await readFile((await open().fetch(object)).path, 'utf8')).toBe('abcdef');
    expect(await readFile((await open().fetch(object)).path, 'utf8')).toBe('abcdef');
    expect(store.gets).toHaveLength(2);
  });

  it('shares nothing between stores that are not the same, nor between objects that cannot be told apart', async () => {
    const other = new RemoteStore('another account');
    const unnamed = new RemoteStore(null);
    await open().fetch(await store.write('x', 'one'));
    const second = await open().fetch(await other.write('x', 'two'));
    expect(await readFile(second.path, 'utf8')).toBe('two');
    expect(await kept()).toHaveLength(2);
    const third = await open().fetch(await unnamed.write('x', 'abc'));
    expect(third.bytesFetched).toBe(3);
    const memory = new MemoryStore();
    await memory.put('x', 'mem');
    await open().fetch({ store: memory, meta: await memory.head('x') });
    expect(await kept()).toHaveLength(2);
  });

  it('finds no copy by a weak etag, which may stand for other bytes', async () => {
    const { meta } = await store.write('x', 'abc');
    expect(await cacheKey({ store, meta })).toMatch(/^[0-9a-f]{64}$/);
    expect(await cacheKey({ store, meta: { ...meta, eTag: 'W/"1"' } })).toBeUndefined();
  });

  it('finds the copies of a store also where it is traced', async () => {
    const { meta } = await store.write('x', 'abc');
    const traced = instrumentStore(store);
    await open().fetch({ store: traced, meta });
    expect(await open().fetch({ store, meta })).toMatchObject({ bytesCached: 3 });
  });

  it('keeps its file when another run evicts the copy', async () => {
    const object = await store.write('x', 'abc');
    const file = await open().fetch(object);
    await open(cacheWith({ maxBytes: 4 })).fetch(await store.write('y', 'defg'));
    expect(await kept()).toHaveLength(1);
    expect(await readFile(file.path, 'utf8')).toBe('abc');
    expect((await open().fetch(object)).bytesFetched).toBe(3);
  });
});

describe('what is kept', () => {
  it('stays within its bound, the least recently used given up first', async () => {
    const cache = cacheWith({ maxBytes: 30 });
    const objects = [];
    for (const path of ['a', 'b', 'c']) {
      const object = await store.write(path, '0123456789');
      objects.push(object);
      await open(cache).fetch(object);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const [a, b, c] = objects;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were written');
    await open(cache).fetch(a);
    await open(cache).fetch(await store.write('d', '0123456789'));
    const bytes = async (object: typeof a): Promise<number> => (await open(cache).fetch(object)).bytesFetched;
    expect([await bytes(a), await bytes(c), await bytes(await store.find('d'))]).toEqual([0, 0, 0]);
    expect(await kept()).toHaveLength(3);
    expect(await bytes(b)).toBe(10);
  });

  it('counts what other caches on the folder have added', async () => {
    for (const path of ['a', 'b', 'c', 'd'])
      await open(cacheWith({ maxBytes: 20 })).fetch(await store.write(path, '0123456789'));
    expect(await kept()).toHaveLength(2);
  });

  it('holds nothing larger than the bound', async () => {
    const files = open(cacheWith({ maxBytes: 5 }));
    const { path } = await files.fetch(await store.write('x', '0123456789'));
    expect(await kept()).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('0123456789');
  });

  it('goes when no one has asked for it for too long', async () => {
    const old = await store.write('old', 'abc');
    await open().fetch(old);
    const [key = ''] = await kept();
    const past = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'objects', key), past, past);
    await open(cacheWith({ maxAge: 30_000 })).fetch(await store.write('x', 'abc'));
    expect(await kept()).toHaveLength(1);
    expect(await kept()).not.toContain(key);
  });
});

describe('two runs that want the same object at once', () => {
  it('make one download, each with a file of its own', async () => {
    const object = await store.write('x', patternBytes(300 * KIB));
    const [one, other] = await Promise.all([open(cacheWith()).fetch(object), open(cacheWith()).fetch(object)]);
    expect(one.bytesFetched + other.bytesFetched).toBe(300 * KIB);
    expect(one.path).not.toBe(other.path);
    expect(Buffer.compare(await readFile(one.path), await readFile(other.path))).toBe(0);
    expect(store.gets).toHaveLength(5);
  });

  it('do so also where the object is too large to be kept', async () => {
    const object = await store.write('x', patternBytes(300 * KIB));
    const cache = cacheWith({ maxBytes: 0 });
    const files = await Promise.all([open(cache).fetch(object), open(cache).fetch(object)]);
    expect(store.gets).toHaveLength(5);
    for (const { path } of files) expect((await stat(path)).size).toBe(300 * KIB);
  });

  it.each([0, 1])('do not fail with one another: run %i is stopped', async (stopped) => {
    const object = await store.write('x', patternBytes(300 * KIB));
    const controllers = [new AbortController(), new AbortController()];
    const reason = new Error('left');
    store.before = async (_, count) => {
      if (count === 3) controllers[stopped]?.abort(reason);
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const cache = cacheWith();
    const sessions = controllers.map(() => open(cache));
    const ended = await Promise.allSettled(
      controllers.map(({ signal }, index) => sessions[index]?.fetch(object, { signal })),
    );
    expect(ended[stopped]).toEqual({ status: 'rejected', reason });
    const other = ended[1 - stopped];
    if (other?.status !== 'fulfilled') throw new Error('the other run failed');
    expect(Buffer.compare(await readFile(other.value?.path ?? ''), patternBytes(300 * KIB))).toBe(0);
    await Promise.all(sessions.map((session) => session.close()));
    expect(await runs()).toEqual([]);
  });

  it.each([
    ['a store that fails fails all that ask it', () => store, 'rejected'],
    ['a store that fails leaves those alone that ask another', () => new RemoteStore(), 'fulfilled'],
  ])('%s', async (_, otherStore, expected) => {
    const object = await store.write('x', 'abc');
    const other = otherStore();
    const meta = other === store ? object.meta : (await other.write('x', 'abc')).meta;
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      store.before = async () => {
        resolve();
        await released;
        throw new Error('no');
      };
    });
    const cache = cacheWith();
    const leads = open(cache).fetch(object);
    await reached;
    const joins = open(cache).fetch({ store: other, meta });
    release();
    const ended = await Promise.allSettled([leads, joins]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', expected]);
  });
});

describe('an object that is overwritten', () => {
  const changed = {
    kind: 'Precondition',
    message: expect.stringContaining('was overwritten after this run had looked'),
  };

  it('before it is fetched is an error that says so, and leaves nothing', async () => {
    const object = await store.write('x', 'old');
    await store.put('x', 'new');
    const files = open();
    await expect(files.fetch(object)).rejects.toMatchObject(changed);
    expect(await kept()).toEqual([]);
    const [run = ''] = await runs();
    expect(await readdir(join(folder, 'runs', run))).toEqual([]);
  });

  it('between two of its ranges is an error that says so, and leaves nothing', async () => {
    const object = await store.write('x', patternBytes(300 * KIB));
    store.before = (_, count) => (count === 3 ? store.put('x', patternBytes(300 * KIB, 1)) : undefined);
    await expect(open(cacheWith({ concurrency: 1 })).fetch(object)).rejects.toMatchObject(changed);
    expect(await kept()).toEqual([]);
  });

  it('between its footer and the rest is an error that says so', async () => {
    const object = await store.write('x', patternBytes(300 * KIB));
    const files = open();
    await files.fetchRange(object, { start: 200 * KIB, end: 300 * KIB });
    await store.put('x', patternBytes(300 * KIB, 1));
    await expect(files.fetch(object)).rejects.toMatchObject(changed);
  });

  it('is one request where it has no etag, and an error where its size is another', async () => {
    const { meta } = await store.write('x', patternBytes(300 * KIB));
    const { eTag: _, ...unnamed } = meta;
    expect((await open().fetch({ store, meta: unnamed })).bytesFetched).toBe(300 * KIB);
    expect(store.gets.map(({ range, ifMatch }) => [range, ifMatch])).toEqual([[undefined, undefined]]);
    await store.put('x', patternBytes(100 * KIB));
    await expect(open().fetch({ store, meta: unnamed })).rejects.toMatchObject(changed);
  });
});

describe('a range', () => {
  it('is fetched at its place, once, and completed by what is missing', async () => {
    const bytes = patternBytes(300 * KIB);
    const object = await store.write('x.parquet', bytes);
    const files = open();
    const tail = { start: 290 * KIB, end: 300 * KIB };
    const first = await files.fetchRange(object, tail);
    expect(first).toMatchObject({ bytesFetched: 10 * KIB, bytesCached: 0 });
    const partial = await readFile(first.path);
    expect(partial.byteLength).toBe(300 * KIB);
    expect(Buffer.compare(partial.subarray(tail.start), bytes.subarray(tail.start))).toBe(0);
    expect((await stat(first.path)).blocks * 512).toBeLessThan(100 * KIB);
    const more = await files.fetchRange(object, { start: 280 * KIB, end: 300 * KIB });
    expect(more).toMatchObject({ bytesFetched: 10 * KIB, bytesCached: 10 * KIB });
    const whole = await files.fetch(object);
    expect(whole.bytesFetched).toBe(280 * KIB);
    // Another path: an engine may remember what it read at the first one.
    expect(whole.path).not.toBe(first.path);
    expect(Buffer.compare(await readFile(whole.path), bytes)).toBe(0);
    const ranges = store.gets.map(({ range }) => range as { start: number; end: number });
    expect(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(300 * KIB);
  });

  it('comes of the copy where there is one', async () => {
    const object = await store.write('x', patternBytes(300 * KIB));
    await open().fetch(object);
    const before = store.gets.length;
    const file = await open().fetchRange(object, { start: 0, end: 10 });
    expect(file.bytesFetched).toBe(0);
    expect((await readFile(file.path)).byteLength).toBe(300 * KIB);
    expect(store.gets).toHaveLength(before);
  });
});

describe('a store that breaks the contract', () => {
  it.each([
    ['too few', (size: number) => size - 1],
    ['too many', (size: number) => size + 1],
  ])('and gives %s bytes is found out', async (_, given) => {
    const object = await store.write('x', 'abc');
    const honest = store.get.bind(store);
    store.get = async (path, options) => {
      const result = await honest(path, options);
      await result.body.cancel();
      const fake = new MemoryStore();
      await fake.put(path, patternBytes(given(3)));
      return { ...result, body: (await fake.get(path)).body };
    };
    await expect(open().fetch(object)).rejects.toThrow(/3 bytes were announced, and (2|more) came/);
    expect(await kept()).toEqual([]);
  });
});

describe('the folder', () => {
  it('is rid of runs whose process has ended, and of no others', async () => {
    const files = open();
    await files.fetch(await store.write('x', 'abc'));
    const [mine = ''] = await runs();
    const [machine, pid, start, id] = mine.split('~');
    const ended = [machine, 2 ** 22 + 1, '1', id].join('~');
    // The number of this very process, which somebody else had before it.
    const reused = [machine, pid, `${Number(start) - 1}`, id].join('~');
    const foreign = ['elsewhere', 1, '1', id].join('~');
    for (const name of [ended, reused, foreign]) await writeFile(join(folder, 'runs', name), '');
    await open(cacheWith()).fetch(await store.find('x'));
    const left = await runs();
    expect(left).toContain(mine);
    expect(left).toContain(foreign);
    expect(left).toHaveLength(3);
    const longAgo = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    await utimes(join(folder, 'runs', foreign), longAgo, longAgo);
    await open(cacheWith()).fetch(await store.find('x'));
    expect(await runs()).not.toContain(foreign);
  });

  it('is made anew where somebody took it away', async () => {
    const cache = cacheWith();
    await open(cache).fetch(await store.write('x', 'abc'));
    await rm(folder, { recursive: true });
    expect((await open(cache).fetch(await store.find('x'))).bytesFetched).toBe(3);
  });

  it('is refused where it is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const fetching = open(new ObjectCache({ folder: file })).fetch(await store.write('x', 'abc'));
    await expect(fetching).rejects.toMatchObject({ code: 'folder-refused', message: expect.stringContaining(file) });
    expect(store.gets).toEqual([]);
  });
});

it.each([
  [{ maxBytes: -1 }, 'option "maxBytes" of the object cache is -1; it must be a whole number of bytes from 0 up'],
  [{ maxAge: 0.5 }, 'option "maxAge" of the object cache is 0.5; it must be a whole number of milliseconds from 1 up'],
  [{ partSize: 1 }, 'option "partSize" of the object cache is 1; it must be a whole number of bytes from 65536 up'],
  [
    { concurrency: 65 },
    'option "concurrency" of the object cache is 65; it must be a whole number of requests from 1 to 64',
  ],
  [true, 'the options of the object cache are true; they must be an object'],
  [null, 'the options of the object cache are null; they must be an object'],
  [{ folder: '' }, 'option "folder" of the object cache is ""; it must be the path of a folder'],
  [{ size: 1 }, 'option "size" of the object cache is unknown; use folder, maxBytes, maxAge, partSize, concurrency'],
])('refuses %j and says what is right', (options, message) => {
  const act = (): unknown => new ObjectCache(options as unknown as ObjectCacheOptions);
  expect(act).toThrow(`[planscope/object-store] ${message}`);
  try {
    act();
  } catch (error) {
    expect(ObjectCacheError.isInstance(error) && error.code).toBe('invalid-option');
  }
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import { FileStore } from '../file/file-store.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { escapeGlob, globMatcher, hasWildcard } from './find-objects.ts';
import type { StoreBase } from './parse-location.ts';
import { createStoreRegistry, type StoreRegistry } from './store-registry.ts';

const root = await mkdtemp(join(tmpdir(), 'planscope-registry-'));
afterAll(() => rm(root, { recursive: true }));

/** A registry whose cloud stores are in memory, and the bases they were made for. */
function withCloud(): { registry: StoreRegistry; bases: StoreBase[] } {
  const bases: StoreBase[] = [];
  const factory = (base: StoreBase): MemoryStore => {
    bases.push(base);
    return new MemoryStore({ name: base.scheme, baseUrl: base.baseUrl });
  };
  return { registry: createStoreRegistry({ factories: { s3: factory, gcs: factory, abfss: factory } }), bases };
}

function failure(call: () => unknown): ObjectStoreError {
  try {
    call();
  } catch (error) {
    if (ObjectStoreError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('expected an ObjectStoreError');
}

async function urls(registry: StoreRegistry, location: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { url } of registry.expand(location)) found.push(url);
  return found;
}

describe('resolve', () => {
  it('gives each bucket one store, whatever the spelling', () => {
    const { registry, bases } = withCloud();
    const { store, path, url } = registry.resolve('s3://bucket/a/b.parquet');
    expect({ path, url }).toEqual({ path: 'a/b.parquet', url: 's3://bucket/a/b.parquet' });
    expect(registry.resolve('S3://bucket/other').store).toBe(store);
    expect(registry.resolve('gcs://bucket/x').store).toBe(registry.resolve('gs://bucket/y').store);
    expect(registry.resolve('abfss://box@acct.dfs.core.windows.net/x').store).toBe(
      registry.resolve('az://box@acct.dfs.core.windows.net/y').store,
    );
    expect(registry.resolve('abfs://box/x').store).toBe(registry.resolve('az://box').store);
    expect(bases).toEqual([
      { scheme: 's3', bucket: 'bucket', baseUrl: 's3://bucket/' },
      { scheme: 'gs', bucket: 'bucket', baseUrl: 'gs://bucket/' },
      {
        scheme: 'az',
        bucket: 'box',
        host: 'acct.dfs.core.windows.net',
        baseUrl: 'az://box@acct.dfs.core.windows.net/',
      },
      { scheme: 'az', bucket: 'box', baseUrl: 'az://box/' },
    ]);
    expect(registry.stores().map(({ baseUrl }) => baseUrl)).toEqual([
      'az://box/',
      'az://box@acct.dfs.core.windows.net/',
      'gs://bucket/',
      's3://bucket/',
    ]);
  });

  it('takes keys as they are, and decodes only file URLs and URL objects', () => {
    const { registry } = withCloud();
    expect(registry.resolve('s3://bucket/col=a%2Fb/x y#1').path).toBe('col=a%2Fb/x y#1');
    expect(registry.resolve(new URL('s3://bucket/x y/\u00e9')).path).toBe('x y/\u00e9');
    expect(registry.resolve('file:///data/x%20y.csv').path).toBe('data/x y.csv');
    expect(registry.resolve(pathToFileURL('/data/50% of #1?.csv')).path).toBe('data/50% of #1?.csv');
    expect(registry.resolve('/data/x%20y.csv').path).toBe('data/x%20y.csv');
    expect(registry.resolve('/data/x y.csv').url).toBe('file:///data/x%20y.csv');
  });

  it('resolves relative paths against the working directory', () => {
    const registry = createStoreRegistry({ workingDirectory: '/srv/here' });
    const paths = ['data.csv', './data.csv', '../up.csv', '/abs.csv', 'file:rel.csv', 'file:/abs.csv', 'a:b.csv'];
    expect(paths.map((location) => registry.resolve(location).path)).toEqual([
      'srv/here/data.csv',
      'srv/here/data.csv',
      'srv/up.csv',
      'abs.csv',
      'srv/here/rel.csv',
      'abs.csv',
      'srv/here/a:b.csv',
    ]);
    expect(registry.stores().map(({ baseUrl }) => baseUrl)).toEqual(['file:///']);
  });

  it('keeps memory stores apart by name', () => {
    const registry = createStoreRegistry();
    expect(registry.resolve('memory:///x').store).toBe(registry.resolve('memory:y').store);
    expect(registry.resolve('memory://other/x').store).not.toBe(registry.resolve('memory:///x').store);
  });

  it('takes stores and schemes of the program', () => {
    const memory = new MemoryStore();
    const shelf = new MemoryStore({ name: 'shelf', baseUrl: 'shelf://top/' });
    const registry = createStoreRegistry({ stores: [memory, shelf] });
    expect(registry.resolve('memory:///x').store).toBe(memory);
    expect(registry.resolve('shelf://top/x').store).toBe(shelf);
    expect(registry.schemes).toContain('shelf');
    registry.register(memory);
    expect(failure(() => registry.register(new MemoryStore())).kind).toBe('AlreadyExists');
    expect(failure(() => registry.register(new FileStore({ root }))).kind).toBe('InvalidPath');
  });

  it('names the known schemes for an unknown one, and nothing else of the location', () => {
    const error = failure(() => createStoreRegistry().resolve('postgres://joe:hunter2@host/db'));
    expect(error.kind).toBe('NotSupported');
    expect(error.message).toBe(
      '[planscope/object-store] unknown scheme "postgres"; the known schemes are abfs, abfss, az, file, gcs, gs, memory, s3',
    );
  });

  it('says what to install for a store that is not built in', () => {
    const error = failure(() => createStoreRegistry().resolve('gcs://bucket/x'));
    expect(error.kind).toBe('NotSupported');
    expect(error.message).toBe(
      '[planscope/object-store] no store is registered for scheme "gs"; install @google-cloud/storage and pass createStoreRegistry({ factories: { gs: gsStores() } }), with gsStores from @planscope/object-store/gs',
    );
  });

  it('refuses credentials with an error that does not hold them', () => {
    const { registry } = withCloud();
    const locations = [
      's3://AKIAX:topsecret@bucket/key',
      's3://topsecret@bucket/key',
      's3://bucket/key?X-Amz-Signature=topsecret',
      'gs://bucket/key?a=1&X-Goog-Signature=topsecret',
      'az://box@acct/key?sv=1&sig=topsecret',
      'az://box:topsecret@acct/key',
      'file://joe:topsecret@host/key',
      'memory://joe:topsecret@x/key',
    ];
    for (const location of locations) {
      const error = failure(() => registry.resolve(location));
      expect(error.kind, location).toBe('InvalidPath');
      expect(JSON.stringify([error.message, error.path, String(error.cause)])).not.toContain('topsecret');
    }
  });

  it('refuses what names no bucket, a host, or a malformed path', () => {
    const { registry } = withCloud();
    const locations = [
      's3:///key',
      's3://*/key',
      's3://bucket:9000/key',
      's3://bucket/a//b',
      's3://bucket/../up',
      'file://host/x',
      'file:///50%',
      'file:///a%2Fb',
    ];
    for (const location of locations)
      expect(failure(() => registry.resolve(location)).kind, location).toBe('InvalidPath');
  });
});

describe('expand', () => {
  it('expands patterns in order of path, listing no more than can match', async () => {
    const { registry } = withCloud();
    const { store } = registry.resolve('s3://bucket/');
    const names = [
      'a/1.csv',
      'a/2.csv',
      'a/2.txt',
      'a/b/3.csv',
      'c/1.csv',
      'top.csv',
      'a/.hidden.csv',
      'a/(1) x+y.csv',
    ];
    for (const name of names) await store.put(name, name);
    const expanded = async (pattern: string): Promise<string[]> =>
      (await urls(registry, `s3://bucket/${pattern}`)).map((url) => url.slice('s3://bucket/'.length));
    expect(await expanded('a/*.csv')).toEqual(['a/(1) x+y.csv', 'a/1.csv', 'a/2.csv']);
    expect(await expanded('*/1.csv')).toEqual(['a/1.csv', 'c/1.csv']);
    expect(await expanded('**/*.csv')).toEqual([
      'a/(1) x+y.csv',
      'a/1.csv',
      'a/2.csv',
      'a/b/3.csv',
      'c/1.csv',
      'top.csv',
    ]);
    expect(await expanded('a/?.{csv,txt}')).toEqual(['a/1.csv', 'a/2.csv', 'a/2.txt']);
    expect(await expanded('{a/b/3,top}.csv')).toEqual(['a/b/3.csv', 'top.csv']);
    expect(await expanded('a/[!1].csv')).toEqual(['a/2.csv']);
    expect(await expanded('a/(*) x+?.csv')).toEqual(['a/(1) x+y.csv']);
    expect(await expanded('nothing/*')).toEqual([]);
    expect(await expanded('top.csv')).toEqual(['top.csv']);
    await expect(expanded('missing.csv')).rejects.toMatchObject({ kind: 'NotFound' });
  });

  it('expands file patterns, from directories whatever their name', async () => {
    const directory = join(root, 'odd [x] {y} name');
    await mkdir(directory);
    for (const name of ['1.csv', '2.csv', '*.csv']) await writeFile(join(directory, name), name);
    const registry = createStoreRegistry({ workingDirectory: directory });
    const base = pathToFileURL(directory).href;
    expect(await urls(registry, '*.csv')).toEqual([`${base}/*.csv`, `${base}/1.csv`, `${base}/2.csv`]);
    expect(await urls(registry, './[12].csv')).toEqual([`${base}/1.csv`, `${base}/2.csv`]);
    expect(await urls(registry, `../${'odd*'}/1.csv`)).toEqual([`${base}/1.csv`]);
    expect(await urls(registry, `${base}/?.csv`)).toEqual([`${base}/*.csv`, `${base}/1.csv`, `${base}/2.csv`]);
    expect(await urls(registry, `${base}/%2A.csv`)).toEqual([`${base}/*.csv`]);
  });
});

describe('globMatcher', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[/\n\r]|^\./.test(text));

  it('matches an escaped name, and that alone', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const matches = globMatcher(escapeGlob(one));
        expect(matches(one)).toBe(true);
        expect(matches(other)).toBe(one === other);
      }),
    );
  });

  it('takes a name without a wildcard for the name', () => {
    fc.assert(
      fc.property(name, (text) => {
        fc.pre(!hasWildcard(text) && !text.includes('\\'));
        expect(globMatcher(`${text}*`)(`${text}tail`)).toBe(true);
        expect(globMatcher(`*${text}`)(`head${text}`)).toBe(true);
      }),
    );
  });
});

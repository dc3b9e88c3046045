import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as esm from '@planscope/object-store';
import { recordingProvider, spanLines } from '../recording-provider.ts';

const cjs = createRequire(import.meta.url)('@planscope/object-store') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.MemoryStore, cjs.MemoryStore);
  const folder = await mkdtemp(join(tmpdir(), 'planscope-program-'));
  try {
    const tracerProvider = recordingProvider();
    const inner = new esm.MemoryStore();
    const traced = esm.instrumentStore(inner, { tracerProvider });
    assert.equal(cjs.instrumentStore(traced, { tracerProvider }), traced);
    assert.equal(cjs.innerStore(traced), inner);

    // In the registry of the other build, too, each call has one span.
    const { store } = cjs.createStoreRegistry({ stores: [traced] }).resolve('memory:///sales');
    await store.put('sales/a.csv', 'id\n1\n');
    await assert.rejects(store.head('sales/b.csv'), (error) => cjs.ObjectStoreError.isInstance(error, 'NotFound'));
    assert.deepEqual(spanLines(tracerProvider), ['memory.put', 'memory.head']);

    // Writes to one path wait for one another: what is to be created is created once.
    const put = (build: typeof esm): Promise<unknown> =>
      new build.FileStore({ root: folder }).put('a.csv', 'id\n1\n', { mode: 'create' });
    const settled = await Promise.allSettled([esm, cjs, esm, cjs].map(put));
    const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    assert.equal(errors.length, 3);
    for (const error of errors) {
      assert.ok(esm.ObjectStoreError.isInstance(error, 'AlreadyExists'));
      assert.ok(cjs.ObjectStoreError.isInstance(error, 'AlreadyExists'));
      assert.equal(error.constructor.name, 'ObjectStoreError');
    }

    // An update says which version it changes; two writes never pass for one.
    const [one, other] = [new esm.FileStore({ root: folder }), new cjs.FileStore({ root: folder })];
    const eTags = new Set<string | undefined>();
    for (let round = 0; round < 20; round += 1) {
      eTags.add((await one.put('a.csv', 'id\n1\n')).eTag);
      eTags.add((await other.put('a.csv', 'id\n2\n')).eTag);
    }
    assert.equal(eTags.size, 40);
    return 'a store is traced once, and writes of both builds keep order';
  } finally {
    await rm(folder, { recursive: true });
  }
}

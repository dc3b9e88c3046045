import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createStoreRegistry,
  FileStore,
  findObjects,
  instrumentStore,
  MemoryStore,
  ObjectStoreError,
} from '@planscope/object-store';
import { objectStoreConformance } from '@planscope/object-store/testing';
import { recordingProvider, spanLines } from './recording-provider.ts';

export async function main(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'planscope-program-'));
  try {
    const tracerProvider = recordingProvider();
    for (const store of [new MemoryStore(), new FileStore({ root: folder })]) {
      const traced = instrumentStore(store, { tracerProvider });
      await traced.put('sales/a.csv', 'id\n1\n', { mode: 'create' });
      const { body, meta } = await traced.get('sales/a.csv', { range: { suffix: 2 } });
      assert.equal(meta.size, 5);
      assert.equal(await body.text(), '1\n');
      await assert.rejects(traced.head('sales/b.csv'), (error) => ObjectStoreError.isInstance(error, 'NotFound'));
    }
    assert.deepEqual(spanLines(tracerProvider), [
      ...['memory.put', 'memory.get', 'memory.head'],
      ...['file.put', 'file.get', 'file.head'],
    ]);
    assert.ok(tracerProvider.spans.every(({ ended }) => ended));

    const stores = createStoreRegistry();
    const { store } = stores.resolve('memory:///sales');
    await store.put('sales/2024/a.csv', 'id\n1\n');
    const found: string[] = [];
    for await (const { path } of findObjects(stores.resolve('memory:///sales/**/*.csv'))) found.push(path);
    assert.deepEqual(found, ['sales/2024/a.csv']);

    const checks = objectStoreConformance(() => new MemoryStore());
    for (const { run } of checks) await run();
    return `${tracerProvider.spans.length} spans of two stores, ${checks.length} checks of the conformance suite pass`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

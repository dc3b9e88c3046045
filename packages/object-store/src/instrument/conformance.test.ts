import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../contract/object-store.ts';
import { FileStore } from '../file/file-store.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { objectStoreConformance } from '../testing/index.ts';
import { instrumentStore } from './instrument-store.ts';

const root = await mkdtemp(join(tmpdir(), 'planscope-traced-store-'));
afterAll(() => rm(root, { recursive: true }));

const stores: Record<string, ObjectStore> = { file: new FileStore({ root }), memory: new MemoryStore() };

describe.each(Object.entries(stores))('traced %s store', (_, store) => {
  const recorder = createSpanRecorder();
  const traced = instrumentStore(store, { tracerProvider: recorder.tracerProvider });
  for (const { name, run } of objectStoreConformance(() => traced)) {
    test(`${name}, every span ended and sound`, async () => {
      recorder.clear();
      await run();
      expect(recorder.openSpans()).toBe(0);
      expect(recorder.spans().length).toBeGreaterThan(0);
      assertTraceInvariants(recorder.spans());
    });
  }
});

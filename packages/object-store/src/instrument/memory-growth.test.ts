// A process of its own, since it measures memory: files share one if these options are the same.
// @vitest-environment-options { "process": "memory-growth" }
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpanRecorder } from '@planscope/testing';
import { afterAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../contract/object-store.ts';
import { FileStore } from '../file/file-store.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { memoryGrowth } from '../testing/memory-growth.ts';
import { instrumentStore } from './instrument-store.ts';

const root = await mkdtemp(join(tmpdir(), 'planscope-growth-'));
afterAll(() => rm(root, { recursive: true }));

const stores: Record<string, ObjectStore> = { file: new FileStore({ root }), memory: new MemoryStore() };

describe.each(Object.entries(stores))('a thousand operations on the %s store', (_, store) => {
  const recorder = createSpanRecorder();

  it.each([
    ['bare', store],
    ['traced', instrumentStore(store, { tracerProvider: recorder.tracerProvider })],
  ])('hold no more memory than a hundred, %s', async (_, target) => {
    const { bytes, listeners } = await memoryGrowth(target, () => recorder.clear());
    expect(bytes).toBeLessThan(5_000_000);
    expect(listeners).toBe(0);
    expect(recorder.openSpans()).toBe(0);
  });
});

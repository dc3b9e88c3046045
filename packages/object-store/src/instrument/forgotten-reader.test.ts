import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ObjectStore } from '../contract/object-store.ts';
import { FileStore } from '../file/file-store.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { collectGarbage } from '../testing/memory-growth.ts';
import { patternBytes } from '../testing/room.ts';
import { instrumentStore } from './instrument-store.ts';

const WAIT = { timeout: 15_000 };

const root = await mkdtemp(join(tmpdir(), 'planscope-forgotten-'));
afterAll(() => rm(root, { recursive: true }));

const size = 600_000;
const stores: Record<string, ObjectStore> = { file: new FileStore({ root }), memory: new MemoryStore() };

describe.each(Object.entries(stores))('a reader of the %s store', (_, store) => {
  const recorder = createSpanRecorder();
  const traced = instrumentStore(store, { tracerProvider: recorder.tracerProvider });
  /** As long as the program lives, as that of a server. */
  const { signal } = new AbortController();

  beforeEach(async () => {
    await store.put('x', patternBytes(size));
    await store.put('y', 'y');
    recorder.clear();
  });

  const allEnded = async (): Promise<void> => {
    await vi.waitFor(async () => {
      await collectGarbage();
      expect(recorder.openSpans()).toBe(0);
    }, WAIT);
  };

  it('that is forgotten before it is read is left', async () => {
    const before = await openFiles();
    await (async () => {
      for (let count = 0; count < 5; count += 1) await traced.get('x', { signal });
    })();
    expect(recorder.openSpans()).toBe(5);
    await allEnded();
    expect(recorder.spans().map(({ attributes }) => attributes['object_store.body_complete'])).toEqual(
      new Array(5).fill(false),
    );
    await vi.waitFor(async () => expect(await openFiles()).toBeLessThanOrEqual(before), WAIT);
  });

  it('that is forgotten half way is left, with the bytes it took', async () => {
    await (async () => {
      const chunks = (await traced.get('x', { signal })).body[Symbol.asyncIterator]();
      await chunks.next();
    })();
    await allEnded();
    const attributes = recorder.spans()[0]?.attributes;
    expect(attributes?.['object_store.body_complete']).toBe(false);
    expect(attributes?.['object_store.result.bytes']).toBeGreaterThan(0);
  });

  it('of a listing that is forgotten is left', async () => {
    await (async () => {
      const entries = traced.list('', { signal, pageSize: 1 })[Symbol.asyncIterator]();
      await entries.next();
    })();
    expect(recorder.openSpans()).toBe(1);
    await allEnded();
    expect(recorder.spans()[0]?.attributes['object_store.result.page_count']).toBe(1);
  });

  it('that is held in any form is let read on', async () => {
    const { body } = await traced.get('x', { signal });
    const chunks = (await traced.get('x', { signal })).body[Symbol.asyncIterator]();
    const stream = (await traced.get('x', { signal })).body.stream();
    const waiting = (await traced.get('x', { signal })).body.bytes();
    await collectGarbage();
    expect((await body.bytes()).byteLength).toBe(size);
    let read = 0;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      read += next.value.byteLength;
      await collectGarbage();
    }
    for await (const chunk of stream) read += chunk.byteLength;
    expect(read).toBe(2 * size);
    expect((await waiting).byteLength).toBe(size);
    expect(recorder.spans().every(({ attributes }) => attributes['object_store.body_complete'] === true)).toBe(true);
  });
});

async function openFiles(): Promise<number> {
  return (await readdir('/proc/self/fd')).length;
}

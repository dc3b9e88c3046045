import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpanRecorder } from '@planscope/testing';
import { afterAll, expect, it } from 'vitest';
import { FileStore } from '../file/file-store.ts';
import { collect, patternBytes } from '../testing/room.ts';
import { instrumentStore } from './instrument-store.ts';

const root = await mkdtemp(join(tmpdir(), 'planscope-growth-'));
afterAll(() => rm(root, { recursive: true }));

it('a thousand operations hold no more memory than a hundred', async () => {
  const recorder = createSpanRecorder();
  const store = instrumentStore(new FileStore({ root }), { tracerProvider: recorder.tracerProvider });
  const { signal } = new AbortController();
  const bytes = patternBytes(100_000);
  const operate = async (): Promise<void> => {
    await store.put('x', bytes, { signal });
    await (await store.get('x', { signal })).body.bytes();
    for await (const _ of (await store.get('x', { signal })).body) break;
    await store.getRanges('x', [{ start: 0, end: 10 }, { suffix: 10 }], { signal });
    await collect(store.list('', { signal }));
    await store.head('missing', { signal }).catch(() => undefined);
    recorder.clear();
  };
  const held = async (operations: number): Promise<number> => {
    for (let count = 0; count < operations; count += 1) await operate();
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const early = await held(100);
  expect((await held(900)) - early).toBeLessThan(5_000_000);
});

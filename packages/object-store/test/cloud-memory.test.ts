// A process of its own, since it measures memory: files share one if these options are the same.
// @vitest-environment-options { "process": "cloud-memory" }
import { describe, expect, it, vi } from 'vitest';
import { collectGarbage, memoryGrowth } from '../src/testing/memory-growth.ts';
import { patternBytes } from '../src/testing/room.ts';
import { cloudScenes } from './servers/cloud-scenes.ts';

const scenes = await cloudScenes();

describe.each(scenes)('a thousand operations on the $name store', ({ store, traced, recorder }) => {
  it.each([
    ['bare', store],
    ['traced', traced],
  ])(
    'hold no more memory than a hundred, %s',
    async (_, target) => {
      const { bytes, listeners } = await memoryGrowth(target, () => recorder.clear());
      expect(bytes).toBeLessThan(5_000_000);
      expect(listeners).toBe(0);
    },
    120_000,
  );
});

describe.each(scenes)(
  'a body of the $name store that nobody holds any more',
  ({ server, store, traced, recorder, isBody }) => {
    it('is left: its span ends, and its connection', async () => {
      await store.put('x', patternBytes(2_000_000));
      server.fault = (request) => (isBody(request) ? 'stalled-body' : undefined);
      const { signal } = new AbortController();
      await (async () => {
        const chunks = (await traced.get('x', { signal })).body[Symbol.asyncIterator]();
        await chunks.next();
        await traced.get('x', { signal });
      })();
      expect(recorder.openSpans()).toBe(2);
      await vi.waitFor(
        async () => {
          await collectGarbage();
          expect([recorder.openSpans(), server.active]).toEqual([0, 0]);
        },
        { timeout: 15_000 },
      );
      const complete = recorder.spans().map(({ attributes }) => attributes['object_store.body_complete']);
      expect(complete).toEqual([false, false]);
    });
  },
);

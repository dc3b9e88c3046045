import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';
import { Limiter } from './limiter.ts';

it('keeps the order of the results and the bound', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel(
    [5, 1, 3, 2, 4],
    2,
    async (item) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(item);
      running -= 1;
      return item * 2;
    },
    undefined,
  );
  expect(results).toEqual([10, 2, 6, 4, 8]);
  expect(most).toBe(2);
});

it('stops the rest at the first failure, and has nothing go on after it', async () => {
  const failure = new Error('the second');
  let ended = 0;
  const work = async (item: number, signal: AbortSignal): Promise<void> => {
    try {
      if (item === 2) throw failure;
      await sleep(60_000, undefined, { signal });
    } finally {
      ended += 1;
    }
  };
  await expect(inParallel([1, 2, 3, 4, 5], 3, work, undefined)).rejects.toBe(failure);
  expect(ended).toBe(3);
});

it('throws the reason of the signal, not what the work makes of it', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const work = async (_: number, signal: AbortSignal): Promise<void> => {
    await sleep(60_000, undefined, { signal });
  };
  const working = inParallel([1, 2], 2, work, controller.signal);
  controller.abort(reason);
  await expect(working).rejects.toBe(reason);
});

it('lets go of a turn that nobody waits for any more', async () => {
  const limiter = new Limiter(1);
  let release: () => void = () => {};
  const first = limiter.run(
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    undefined,
  );
  const controller = new AbortController();
  const second = limiter.run(async () => 'second', controller.signal);
  const third = limiter.run(async () => 'third', undefined);
  controller.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  release();
  await first;
  expect(await third).toBe('third');
  expect(await limiter.run(async () => 'fourth', undefined)).toBe('fourth');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel, Limiter, SingleFlight } from './concurrency.ts';

const failure = new Error('no');

/** Work that ends when the test says so, and counts how often it was begun. */
function pendingWork(): { work: () => Promise<string>; begun: () => number; end: (how: string | Error) => void } {
  let begun = 0;
  let end: (how: string | Error) => void = () => {};
  const ended = new Promise<string>((resolve, reject) => {
    end = (how) => (how instanceof Error ? reject(how) : resolve(how));
  });
  return {
    work: () => {
      begun += 1;
      return ended;
    },
    begun: () => begun,
    end: (how) => end(how),
  };
}

const asker = (by: unknown = 'a store', signal?: AbortSignal) => ({ by, signal });
const never = (): Promise<string> => Promise.reject(new Error('begun, though somebody does it already'));

describe('single flight', () => {
  it('does once what several want at once, and says whose work it was', async () => {
    const { work, begun, end } = pendingWork();
    const flights = new SingleFlight<string>();
    const leads = flights.run('key', asker(), work);
    const waits = flights.run('key', asker('another store'), never);
    end('done');
    await expect(leads).resolves.toEqual({ value: 'done', own: true });
    await expect(waits).resolves.toEqual({ value: 'done', own: false });
    expect(begun()).toBe(1);
  });

  it('does anew what is wanted after the end', async () => {
    const flights = new SingleFlight<string>();
    await flights.run('key', asker(), async () => 'first');
    await expect(flights.run('key', asker(), async () => 'second')).resolves.toEqual({ value: 'second', own: true });
  });

  it('shares a failure with who asks the same, and lets anybody else try', async () => {
    const { work, end } = pendingWork();
    const flights = new SingleFlight<string>();
    const leads = flights.run('key', asker(), work);
    const same = flights.run('key', asker(), never);
    const other = flights.run('key', asker('another store'), async () => 'done');
    end(failure);
    await expect(leads).rejects.toBe(failure);
    await expect(same).rejects.toBe(failure);
    await expect(other).resolves.toEqual({ value: 'done', own: true });
  });

  it('goes on for who waits when the first gives up, and stops waiting for who gives up', async () => {
    const first = new AbortController();
    const third = new AbortController();
    const { work, end } = pendingWork();
    const flights = new SingleFlight<string>();
    const leads = flights.run('key', asker('a store', first.signal), work);
    const waits = flights.run('key', asker(), async () => 'done');
    const leaves = flights.run('key', asker('a store', third.signal), never);
    third.abort(failure);
    await expect(leaves).rejects.toBe(failure);
    first.abort(failure);
    end(failure);
    await expect(leads).rejects.toBe(failure);
    await expect(waits).resolves.toEqual({ value: 'done', own: true });
  });
});

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

it('lets go of a turn that no one waits for any more', async () => {
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

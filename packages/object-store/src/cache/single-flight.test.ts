import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.ts';

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

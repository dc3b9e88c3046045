import { describe, expect, it } from 'vitest';
import { ActivityTally } from './activity-tally.ts';
import type { RequestEvent } from './engine-event.ts';

function request(number: number, more: Partial<RequestEvent> = {}): RequestEvent {
  const start = BigInt(number) * 10n;
  const url = 'https://example.com/x';
  const from = BigInt(number) * 100n;
  const range = [from, from + 99n] as const;
  return {
    kind: 'requests',
    method: 'GET',
    url,
    range,
    status: 206,
    isCut: false,
    received: 100n,
    sent: 0n,
    start,
    time: start + 5n,
    ...more,
  };
}

describe('requests', () => {
  it('are kept one by one up to a limit, and then added up by how they ended', () => {
    const tally = new ActivityTally();
    for (let number = 0; number < 3000; number += 1) {
      tally.add(request(number, number % 100 === 99 ? { status: 503, received: 0n } : {}));
    }
    const { requests } = tally.logged();
    const further = requests.filter((entry) => entry.requests > 1);
    expect(requests.length).toBe(1002);
    expect(further.map(({ status }) => status).toSorted()).toEqual([206, 503]);
    expect(requests.reduce((sum, entry) => sum + entry.requests, 0)).toBe(3000);
    expect(requests.reduce((sum, { received }) => sum + received, 0n)).toBe(297_000n);
    expect(further[0]).toMatchObject({ start: 10_000n, time: 29_985n });
    expect(further[0]).not.toHaveProperty('range');
  });

  it('repeat one that failed, until it succeeds', () => {
    const tally = new ActivityTally();
    const { status: _, ...unanswered } = request(1);
    tally.add(unanswered);
    tally.add(request(1, { isCut: true }));
    tally.add(request(1));
    tally.add(request(1));
    tally.add(request(2));
    expect(tally.logged().requests.map(({ resends, retries }) => [resends, retries])).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  it('of a statement that was prepared before come first', () => {
    const preparing = new ActivityTally();
    preparing.add(request(1, { status: 503 }));
    const running = new ActivityTally();
    running.add(request(2));
    const all = new ActivityTally();
    for (const tally of [preparing, running]) all.merge(tally);
    expect(all.logged().requests.map(({ status }) => status)).toEqual([503, 206]);
    expect(all.first).toBe(10n);
    expect(all.isEmpty).toBe(false);
  });
});

it('counts the row groups of each file', () => {
  const tally = new ActivityTally();
  for (const [time, isRead] of [true, false, true].entries()) {
    tally.add({ kind: 'row-groups', path: '/x.parquet', isRead, time: BigInt(time) });
  }
  const window = { start: '0', end: '2' };
  expect(tally.logged().rowGroups).toEqual([{ path: '/x.parquet', read: 2, skipped: 1, window }]);
});

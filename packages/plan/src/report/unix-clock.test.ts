import { afterEach, describe, expect, it, vi } from 'vitest';
import { createUnixClock } from './unix-clock.ts';

describe('createUnixClock', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('starts within the millisecond of the system clock, and never goes back', () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const clock = createUnixClock();
    const first = clock();
    expect(first).toBeGreaterThanOrEqual(before);
    expect(first).toBeLessThan(BigInt(Date.now() + 1) * 1_000_000n);
    expect(clock()).toBeGreaterThanOrEqual(first);
  });

  it.each([
    ['behind', -5000],
    ['ahead', 5000],
  ])('uses the system clock if the performance clock has drifted %s', (_, drift) => {
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + drift);
    const apart = Number(createUnixClock()() / 1_000_000n) - Date.now();
    expect(Math.abs(apart)).toBeLessThanOrEqual(5);
  });

  it('continues monotonically when the system clock is set back', () => {
    const clock = createUnixClock();
    const first = clock();
    vi.spyOn(Date, 'now').mockReturnValue(0);
    expect(clock()).toBeGreaterThanOrEqual(first);
  });
});

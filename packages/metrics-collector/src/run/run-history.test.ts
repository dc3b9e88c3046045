import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunHistory, type HistoryEntry } from '../index.ts';
import { percentile } from './run-history.ts';

const run = (fingerprint: string, duration: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  fingerprint,
  duration,
  status: 'ok',
  endedAt: new Date(duration),
  ...more,
});

describe('createRunHistory', () => {
  it('finds the slowest fingerprints, with a trace to look at', () => {
    const history = createRunHistory();
    for (const duration of [10, 30, 20]) history.add(run('join', duration, { traceId: `trace-${duration}` }));
    history.add(run('scan', 25, { status: 'error' }));
    history.add(run('scan', 1, { status: 'cancelled' }));
    const [first, second] = history.fingerprints();
    expect(first).toMatchObject({ fingerprint: 'join', runs: 3, errors: 0, p50: 20, p90: 30, p99: 30, total: 60 });
    expect(first?.slowest.traceId).toBe('trace-30');
    expect(second).toMatchObject({
      fingerprint: 'scan',
      runs: 2,
      errors: 1,
      cancelled: 1,
      p50: 1,
      lastEndedAt: new Date(25),
    });
  });

  it('puts them in the order asked for, and no more than asked for', () => {
    const history = createRunHistory();
    for (let count = 0; count < 5; count += 1) history.add(run('frequent', 1));
    history.add(run('slow', 100));
    history.add(run('failing', 2, { status: 'error' }));
    const first = (orderBy: 'runs' | 'slowest' | 'errors'): unknown =>
      history.fingerprints({ orderBy, limit: 1 }).map(({ fingerprint }) => fingerprint);
    expect([first('runs'), first('slowest'), first('errors')]).toEqual([['frequent'], ['slow'], ['failing']]);
  });

  it('looks at recent runs only when told to', () => {
    const history = createRunHistory();
    history.add(run('old', 1, { endedAt: new Date(1_000) }));
    history.add(run('new', 1, { endedAt: new Date(2_000) }));
    expect(history.fingerprints({ since: new Date(2_000) }).map(({ fingerprint }) => fingerprint)).toEqual(['new']);
  });

  it('holds the last runs and no more, however many there were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(100), { maxLength: 40 }), (maxRuns, durations) => {
        const history = createRunHistory({ maxRuns });
        for (const duration of durations) history.add(run('query', duration));
        const kept = durations.slice(-maxRuns);
        expect(history.entries().map(({ duration }) => duration)).toEqual(kept);
        const [statistics] = history.fingerprints();
        expect(statistics?.runs ?? 0).toBe(kept.length);
        if (kept.length > 0) expect(statistics?.slowest.duration).toBe(Math.max(...kept));
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses room for %d runs', (maxRuns) => {
    expect(() => createRunHistory({ maxRuns })).toThrow(/should be a whole number from 1 up/);
  });
});

describe('percentile', () => {
  it('is the smallest value that the share of all does not exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.constantFrom(1, 50, 90, 99, 100), (values, share) => {
        const sorted = values.toSorted((left, right) => left - right);
        const found = percentile(sorted, share);
        const covers = (value: number): boolean =>
          sorted.filter((other) => other <= value).length / sorted.length >= share / 100;
        expect(covers(found)).toBe(true);
        expect(sorted.filter((value) => value < found).some(covers)).toBe(false);
      }),
    );
  });

  it('of nothing does not exist', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternBytes } from '../testing/room.ts';
import { coalesceRanges, fetchRanges } from './fetch-ranges.ts';
import { type ByteRange, type GetRange, resolveRange } from './get-range.ts';

const size = 500;
const bytes = patternBytes(size);
const where = { store: 'test', path: 'x' };
const bounded = fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 600 })).map(([start, length]) => ({
  start,
  end: start + length,
}));
const anyRange: fc.Arbitrary<GetRange> = fc.oneof(
  bounded,
  fc.nat(size - 1).map((offset) => ({ offset })),
  fc.integer({ min: 1, max: 600 }).map((suffix) => ({ suffix })),
);

describe('coalesceRanges', () => {
  it('covers every range with ranges further apart than the gap', () => {
    fc.assert(
      fc.property(fc.array(bounded), fc.nat(50), (ranges, gap) => {
        const merged = coalesceRanges(ranges, gap);
        for (const { start, end } of ranges) {
          expect(merged.some((whole) => whole.start <= start && whole.end >= end)).toBe(true);
        }
        for (const [index, next] of merged.slice(1).entries()) {
          expect(next.start - (merged[index] as ByteRange).end).toBeGreaterThan(gap);
        }
        const edges = new Set(ranges.flatMap(({ start, end }) => [start, -end]));
        for (const { start, end } of merged) expect(edges.has(start) && edges.has(-end)).toBe(true);
      }),
    );
  });
});

describe('fetchRanges', () => {
  const options = { ...where, gap: 20, concurrency: 3 };

  it('gives each range its own bytes, in the order asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRange), fc.nat(100), async (ranges, gap) => {
        let planned = -1;
        let fetches = 0;
        const fetch = async (range: GetRange): Promise<Uint8Array> => {
          fetches += 1;
          const { start, end } = resolveRange(range, size, where);
          return bytes.subarray(start, end);
        };
        const onPlan = (count: number): void => {
          planned = count;
        };
        const results = await fetchRanges(ranges, fetch, { ...options, gap, onPlan });
        expect(results.map((result) => [...result])).toEqual(
          ranges.map((range) => {
            const { start, end } = resolveRange(range, size, where);
            return [...bytes.subarray(start, end)];
          }),
        );
        for (const result of results) result.fill(0);
        expect(fetches).toBe(planned);
        expect(fetches).toBeLessThanOrEqual(ranges.length);
        expect(bytes).toEqual(patternBytes(size));
      }),
    );
  });

  it('never fetches more at one time than it may', async () => {
    let running = 0;
    let most = 0;
    const ranges = Array.from({ length: 10 }, (_, index) => ({ start: index * 50, end: index * 50 + 1 }));
    await fetchRanges(
      ranges,
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return new Uint8Array(1);
      },
      options,
    );
    expect(most).toBe(3);
  });

  it('stops the other fetches at the first failure', async () => {
    const failure = new Error('no');
    const aborted: unknown[] = [];
    const ranges = Array.from({ length: 10 }, (_, index) => ({ start: index * 50, end: index * 50 + 1 }));
    let started = 0;
    const fetching = fetchRanges(
      ranges,
      (_, signal) => {
        started += 1;
        if (started === 2) return Promise.reject(failure);
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal.reason);
            reject(signal.reason);
          });
        });
      },
      options,
    );
    await expect(fetching).rejects.toBe(failure);
    expect(started).toBe(3);
    expect(aborted).toEqual([failure, failure]);
  });
});

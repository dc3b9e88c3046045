import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteCoverage } from './partial-file.ts';

const size = 60;
const range = fc
  .tuple(fc.nat(size), fc.nat(size))
  .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) + 1 }));

it('misses exactly the bytes that were not added, in pieces of the size at most', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 8 }), range, fc.integer({ min: 1, max: 20 }), (added, asked, most) => {
      const coverage = new ByteCoverage();
      const there = new Set<number>();
      for (const part of added) {
        coverage.add(part);
        for (let at = part.start; at < part.end; at += 1) there.add(at);
      }
      const missing: number[] = [];
      for (const { start, end } of coverage.missing(asked, most)) {
        expect(end - start).toBeGreaterThan(0);
        expect(end - start).toBeLessThanOrEqual(most);
        for (let at = start; at < end; at += 1) missing.push(at);
      }
      const expected = Array.from({ length: asked.end - asked.start }, (_, index) => asked.start + index);
      expect(missing).toEqual(expected.filter((at) => !there.has(at)));
    }),
  );
});

it('is one piece where nothing bounds it', () => {
  expect(new ByteCoverage().missing({ start: 0, end: 9 }, Number.POSITIVE_INFINITY)).toEqual([{ start: 0, end: 9 }]);
});

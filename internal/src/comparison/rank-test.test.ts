import { describe, expect, it } from 'vitest';
import { chanceOfIncrease, median, ratioInterval } from './rank-test.ts';

describe('the chance of an increase', () => {
  // By counting: 1 of 252 splits, 1 of 20, 24 of 70, and all.
  it.each([
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.003968],
    [[1, 2, 3], [4, 5, 6], 0.05],
    [[1, 3, 5, 7], [2, 4, 6, 8], 0.342857],
    [[6, 7, 8, 9, 10], [1, 2, 3, 4, 5], 1],
  ])('of %j to %j is %d', (before, after, expected) => {
    expect(chanceOfIncrease(before, after)).toBeCloseTo(expected, 5);
  });

  it('is 1 for equal values, and the share of all splits with ties', () => {
    expect(chanceOfIncrease([5, 5, 5, 5, 5], [5, 5, 5, 5, 5])).toBe(1);
    // Of the 252 splits, only the one that was seen has all larger values on one side.
    expect(chanceOfIncrease([5, 5, 5, 5, 5], [9, 9, 9, 9, 9])).toBeCloseTo(1 / 252, 6);
    expect(chanceOfIncrease([], [1])).toBe(1);
  });

  it('of long lists is close to the exact one', () => {
    const before = Array.from({ length: 30 }, (_, index) => index);
    expect(
      chanceOfIncrease(
        before,
        before.map((value) => value + 0.5),
      ),
    ).toBeGreaterThan(0.4);
    const shifted = chanceOfIncrease(
      before,
      before.map((value) => value + 10.5),
    );
    expect(shifted).toBeGreaterThan(0);
    expect(shifted).toBeLessThan(0.0001);
  });
});

it('the interval of a ratio is the same each time, and has the ratio of the medians', () => {
  const [before, after] = [
    [10, 11, 9, 10, 12],
    [20, 22, 19, 21, 20],
  ];
  const [low, high] = ratioInterval(before ?? [], after ?? []);
  expect(ratioInterval(before ?? [], after ?? [])).toEqual([low, high]);
  expect(low).toBeLessThanOrEqual(2);
  expect(high).toBeGreaterThanOrEqual(2);
  expect(high - low).toBeLessThan(1);
});

it('the median of an even number of values is their mean', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3])).toBe(3);
});

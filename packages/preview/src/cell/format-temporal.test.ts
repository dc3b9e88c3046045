import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDay, formatInstant, formatSeconds, formatTimeOfDay } from './format-temporal.ts';

test('agrees with the calendar of JavaScript', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (milliseconds) => {
      const [date, time] = new Date(milliseconds).toISOString().slice(0, -1).split('T');
      expect(formatDay(Math.floor(milliseconds / 86_400_000))).toBe(date);
      expect(formatInstant(BigInt(milliseconds), 1_000n)).toBe(
        `${date} ${time?.replace(/\.?0*$/, '').padEnd(8, ':00')}`,
      );
    }),
  );
});

test('goes beyond four-digit years and below zero', () => {
  expect(formatDay(2_932_897)).toBe('10000-01-01');
  expect(formatDay(-719_529)).toBe('-0001-12-31');
  expect(formatDay(11_016)).toBe('2000-02-29');
});

test('writes fractions as long as they are', () => {
  expect(formatTimeOfDay(86_399_999_999_999n, 1_000_000_000n)).toBe('23:59:59.999999999');
  expect(formatTimeOfDay(1_500n, 1_000n)).toBe('00:00:01.5');
  expect(formatInstant(-1n, 1_000_000n)).toBe('1969-12-31 23:59:59.999999');
  expect(formatSeconds(-1_500n, 1_000n)).toBe('PT-1.5S');
});

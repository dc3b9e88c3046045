import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, countOf, durationOf, instantOf } from './report-values.ts';

describe('a value of a report', () => {
  it.each([
    ['943808B', 943_808],
    ['0B', 0],
    ['1.3MB', undefined],
    ['9007199254740993B', undefined],
    [943_808, undefined],
  ])('%s is %s bytes', (text, bytes) => expect(bytesOf(text)).toBe(bytes));

  it.each([
    ['1.36m', 81_600_000_000],
    ['2.78s', 2_780_000_000],
    ['718.86ms', 718_860_000],
    ['385.70us', 385_700],
    ['38827001.00ns', 38_827_001],
    ['1.00h', 3_600_000_000_000],
    ['1.50d', 129_600_000_000_000],
    ['1.36 m', undefined],
    ['-1.00s', undefined],
    [12, undefined],
  ])('%s lasts %s ns', (text, duration) => expect(durationOf(text)).toBe(duration));

  it.each([
    ['2026-11-28T12:06:48.936928328Z', '1795867608936928328'],
    ['2026-11-28T12:06:48.9Z', '1795867608900000000'],
    ['2026-11-28T12:06:48Z', '1795867608000000000'],
    ['2026-13-28T12:06:48Z', undefined],
    ['2026-11-28 12:06:48', undefined],
    ['1969-11-28T12:06:48Z', undefined],
  ])('%s is %s', (text, instant) => expect(instantOf(text)).toBe(instant));

  it('of any other form is unknown', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const read of [bytesOf, durationOf, countOf]) {
          const number = read(value);
          expect(number === undefined || (Number.isSafeInteger(number) && number >= 0)).toBe(true);
        }
        expect(instantOf(value) ?? '0').toMatch(/^\d+$/);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampWindow } from './clamp-window.ts';
import { fromHrTime, toHrTime } from './unix-clock.ts';

const instants = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const windows = fc.tuple(instants, instants).map(([one, other]) => {
  const [start, end] = one < other ? [one, other] : [other, one];
  return { start: start.toString(), end: end.toString() };
});

describe('clampWindow', () => {
  it('is always within the parent, and shows whether it was moved', () => {
    fc.assert(
      fc.property(windows, windows, (child, parent) => {
        const { window, clamped } = clampWindow(child, parent);
        expect(BigInt(window.start)).toBeGreaterThanOrEqual(BigInt(parent.start));
        expect(BigInt(window.end)).toBeLessThanOrEqual(BigInt(parent.end));
        expect(BigInt(window.start)).toBeLessThanOrEqual(BigInt(window.end));
        expect(clamped).toBe(window.start !== child.start || window.end !== child.end);
        expect(clampWindow(window, parent)).toEqual({ window, clamped: false });
      }),
    );
  });

  it('keeps the intersection', () => {
    const parent = { start: '100', end: '200' };
    expect(clampWindow({ start: '120', end: '180' }, parent)).toEqual({
      window: { start: '120', end: '180' },
      clamped: false,
    });
    expect(clampWindow({ start: '50', end: '150' }, parent).window).toEqual({ start: '100', end: '150' });
    expect(clampWindow({ start: '150', end: '250' }, parent).window).toEqual({ start: '150', end: '200' });
  });

  it('moves times outside to the nearest edge', () => {
    const parent = { start: '100', end: '200' };
    expect(clampWindow({ start: '10', end: '20' }, parent).window).toEqual({ start: '100', end: '100' });
    expect(clampWindow({ start: '300', end: '400' }, parent).window).toEqual({ start: '200', end: '200' });
  });

  it('moves an end before its own start to that start', () => {
    const turned = clampWindow({ start: '150', end: '120' }, { start: '100', end: '200' });
    expect(turned).toEqual({ window: { start: '150', end: '150' }, clamped: true });
  });
});

describe('toHrTime and fromHrTime', () => {
  it('are the inverse of each other', () => {
    fc.assert(fc.property(instants, (instant) => fromHrTime(toHrTime(instant)) === instant.toString()));
  });

  it('split at the second, without losing nanoseconds', () => {
    expect(toHrTime('1795223712123456789')).toEqual([1795223712, 123456789]);
    expect(fromHrTime([1795223712, 9])).toBe('1795223712000000009');
  });
});

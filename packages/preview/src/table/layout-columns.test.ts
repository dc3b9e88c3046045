import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutColumns } from './layout-columns.ts';

test('compacts the widest columns first', () => {
  expect(layoutColumns([5, 100, 40], 80, 10)).toEqual([5, 33, 32]);
  expect(layoutColumns([5, 30, 12], 80, 10)).toEqual([5, 30, 12]);
});

test('drops the columns that do not fit even at their smallest', () => {
  expect(layoutColumns([20, 20, 20, 20], 39, 10)).toEqual([16, 16]);
  expect(layoutColumns([200], 10, 50)).toEqual([6]);
});

test('fills the width and never exceeds it', () => {
  const widths = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(widths, fc.integer({ min: 5, max: 200 }), fc.nat(20), (natural, maxWidth, minimum) => {
      const laid = layoutColumns(natural, maxWidth, minimum);
      const total = laid.reduce((sum, width) => sum + width, 0) + laid.length * 3 + 1;
      expect(total).toBeLessThanOrEqual(maxWidth);
      for (const [column, width] of laid.entries()) {
        expect(width).toBeLessThanOrEqual(natural[column] ?? 0);
        if (laid.length > 1) expect(width).toBeGreaterThanOrEqual(Math.min(natural[column] ?? 0, minimum));
      }
      const isCompacted = laid.some((width, column) => width < (natural[column] ?? 0));
      if (isCompacted) expect(total).toBe(maxWidth);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { truncateText } from './truncate-text.ts';

test('marks a cut with the bytes there were', () => {
  expect(truncateText('ä'.repeat(40), 40)).toMatchInlineSnapshot(`"äääääää… [truncated, 80 bytes]"`);
  expect(truncateText('short', 5)).toBe('short');
  expect(truncateText('any length', 0)).toBe('any length');
});

test('gives the size of what there was before it was cleaned', () => {
  expect(truncateText('x'.repeat(40), 32, 'y'.repeat(1000))).toBe('xxxxx… [truncated, 1000 bytes]');
  expect(truncateText('x', 32, 'y'.repeat(1000))).toBe('x');
  expect(truncateText('x'.repeat(3_000_000), 40)).toBe('xxxxx… [truncated, 3000000 characters]');
});

test('never exceeds its bytes and never splits a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 1, max: 300 }), (text, maxBytes) => {
      const cut = truncateText(text, maxBytes);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
      expect(cut).toBe(Buffer.from(cut).toString());
      if (Buffer.byteLength(text) <= maxBytes) expect(cut).toBe(text);
    }),
  );
});

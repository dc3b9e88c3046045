import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth, wrapText } from './wrap-text.ts';

test('breaks lines by what a terminal shows', () => {
  expect(wrapText('abcdefgh', 3, 0)).toEqual(['abc', 'def', 'gh']);
  expect(wrapText('日本語', 4, 0)).toEqual(['日本', '語']);
  expect(wrapText('e\u0301e\u0301e\u0301', 2, 0)).toEqual(['e\u0301e\u0301', 'e\u0301']);
  expect(wrapText('👩‍👩‍👧x', 2, 0)).toEqual(['👩‍👩‍👧', 'x']);
});

test('marks what was cut, and what fits into no line', () => {
  expect(wrapText('abcdefgh', 3, 2)).toEqual(['abc', 'de…']);
  expect(wrapText('日本語日', 5, 1)).toEqual(['日本…']);
  expect(wrapText('日a', 1, 0)).toEqual(['…', 'a']);
  expect(wrapText('', 3, 1)).toEqual(['']);
});

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A few characters take more columns than two, and are shown as `…` in a line that is narrower. */
function fits(text: string, width: number): boolean {
  return Array.from(graphemes.segment(text)).every(({ segment }) => textWidth(segment) <= width);
}

test('keeps every line within the width, and all of the text when there is no limit', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 20 }), fc.nat(4), (given, width, maxLines) => {
      const lines = wrapText(given, width, maxLines);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      if (maxLines > 0) expect(lines.length).toBeLessThanOrEqual(maxLines);
      else if (fits(given, width)) expect(lines.join('')).toBe(given);
    }),
  );
});

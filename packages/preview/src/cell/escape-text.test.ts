import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayText, escapeText, quoteText } from './escape-text.ts';

test('escapes what would move the cursor, hide or turn around', () => {
  expect(escapeText('a\nb\tc\u001b[31m\u202e\u200b\ud800\\')).toBe('a\\nb\\tc\\x1b[31m\\u{202e}\\u{200b}\\u{d800}\\\\');
  expect(escapeText('日本 é 👩‍👧')).toBe('日本 é 👩‍👧');
});

test.each([
  '',
  'null',
  'NaN',
  'TRUE',
  '-Infinity',
  '12',
  '2020-01-01',
  ' x',
  'x ',
  '{a}',
  '[REDACTED]',
  '#abc',
  '0xff',
  '"',
  '…',
])('puts %j in quotes', (text) => expect(displayText(text)).toMatch(/^".*"$/));

test('shows two different strings as two different texts', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\\', 'n', '\n', '"', '\u202e', 'u', '{', '}', '2', '0', 'e') });
  fc.assert(
    fc.property(text, text, (one, other) => {
      fc.pre(one !== other);
      expect(escapeText(one)).not.toBe(escapeText(other));
      expect(quoteText(one)).not.toBe(quoteText(other));
      expect(displayText(one)).not.toBe(displayText(other));
    }),
  );
});

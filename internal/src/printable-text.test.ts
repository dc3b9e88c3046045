import { describe, expect, it } from 'vitest';
import { printableLine, printableText } from './printable-text.ts';

describe('printableText', () => {
  it.each([
    ['SELECT 1\n\tFROM t', 'SELECT 1\n\tFROM t'],
    ['photo\u202Egnp.exe', 'photo\\u{202E}gnp.exe'],
    ['a\u0000b\u001B[31m\u007F', 'a\\u{0}b\\u{1B}[31m\\u{7F}'],
    ['zero\u200Bwidth\uFEFF', 'zero\\u{200B}width\\u{FEFF}'],
    ['tag \u{E0041}', 'tag \\u{E0041}'],
    ['half \uD800 of 😀', 'half \\u{D800} of 😀'],
    ['שלום עולם', 'שלום עולם'],
    ['line\u2028separator', 'line\\u{2028}separator'],
  ])('shows %j as %j', (text, shown) => {
    expect(printableText(text)).toBe(shown);
  });
});

describe('printableLine', () => {
  it('has no line feeds and no tabs', () => {
    expect(printableLine('a\r\n\tb')).toBe('a b');
  });
});

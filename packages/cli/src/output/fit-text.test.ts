import { describe, expect, it } from 'vitest';
import { clipLine, clipLines, wrapIndented, wrapLine, wrapLines } from './fit-text.ts';

describe('a line', () => {
  it('is cut to the columns of the terminal, of which wide characters take two', () => {
    expect(clipLine('abcdef', 6)).toBe('abcdef');
    expect(clipLine('abcdef', 5)).toBe('abcd…');
    expect(clipLine('列名列名', 8)).toBe('列名列名');
    expect(clipLine('列名列名', 7)).toBe('列名列…');
    expect(clipLine('🦆🦆', 3)).toBe('🦆…');
    expect(clipLine('abcdef', undefined)).toBe('abcdef');
    expect(clipLines('abcdef\nab\n\u001b[2mabcdef\u001b[22m', 3)).toBe('ab…\nab\n\u001b[2mabcdef\u001b[22m');
  });
});

describe('a text', () => {
  it('is broken between words', () => {
    expect(wrapIndented('one two three', 9)).toBe('  one two\n  three');
    expect(wrapIndented('一二 三四', 8)).toBe('  一二\n  三四');
    expect(wrapIndented('unbreakable text', 6)).toBe('  unbreakable\n  text');
    expect(wrapIndented('one two', undefined)).toBe('  one two');
  });

  it('keeps the spaces within a line, and its indent', () => {
    expect(wrapLine('ok      disk: all is well', 16, 8)).toBe('ok      disk:\n        all is\n        well');
    expect(wrapLine('    one two', 7, 4)).toBe('    one\n    two');
    expect(wrapLines('  0  success of all\n  $ copy this command', 12)).toBe(
      '  0  success\n  of all\n  $ copy this command',
    );
  });
});

import { describe, expect, test } from 'vitest';
import { missingOutput, promisedByComments, showsOutput } from './run-programs.ts';

test('comments at a console.log promise what it prints; others do not', () => {
  const code = [
    'const a = 1; // not printed',
    'console.log(a); // 1',
    '// about what follows',
    'console.log(a,',
    "console.log('x');",
    '// x',
    '// y',
    'a(); // no',
  ].join('\n');
  expect(promisedByComments(code)).toEqual(['1', '// about what follows'.slice(3), 'x', 'y']);
});

describe('missingOutput', () => {
  test('wants the lines in their order', () => {
    expect(missingOutput(['one', 'two'], 'zero\none\ntwo\n')).toBeUndefined();
    expect(missingOutput(['two', 'one'], 'one\ntwo\n')).toBe('one');
  });

  test('does not compare numbers, white space, and what … stands for', () => {
    expect(missingOutput(['took 1.5 ms, … rows'], 'took   12,345.25 ms, so many rows')).toBeUndefined();
    expect(missingOutput(['a … d'], 'a b c')).toBe('a … d');
  });
});

describe('showsOutput', () => {
  test('compares every line, from the first to the last', () => {
    expect(
      showsOutput('trace 0af7651916cd43dd8448eb211c80319c   1.50 ms', 'trace ffffffffffffffffffffffffffffffff  2 ms\n'),
    ).toBe(true);
    expect(showsOutput('a\nb', 'a\nb\nc')).toBe(false);
    expect(showsOutput('b', 'a\nb')).toBe(false);
  });

  test('a line of … is any number of lines, also below a branch', () => {
    expect(showsOutput('a\n│ └ …\nd', 'a\nb\nc\nd')).toBe(true);
    expect(showsOutput('a\n…\nd', 'a\nb\nc')).toBe(false);
  });

  test('takes what regular expressions are made of as it is', () => {
    expect(showsOutput('a (b) [c] $d.*', 'a (b) [c] $d.*')).toBe(true);
    expect(showsOutput('a.c', 'abc')).toBe(false);
  });
});

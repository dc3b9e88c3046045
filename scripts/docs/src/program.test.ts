import { describe, expect, test } from 'vitest';
import type { Block } from './document.ts';
import {
  importedPackages,
  installedPackages,
  missingOutput,
  programsOf,
  promisedByComments,
  showsOutput,
} from './program.ts';

function block(line: number, code: string, directive: Block['directive'] = {}): Block {
  return { file: 'a.md', line, language: 'ts', code, directive, above: '' };
}

test('a block is a program of its own, unless it continues the one before it', () => {
  const programs = programsOf([
    block(10, 'const a = 1;'),
    block(20, 'const b = a;', { continues: true, given: 'declare const d: number;' }),
    block(25, 'not compiled', { skip: 'why' }),
    block(30, 'const e = 1;'),
  ]);
  expect(programs.map(({ code, linesBefore }) => [code, linesBefore])).toEqual([
    ['const a = 1;', 0],
    ['const a = 1;\ndeclare const d: number;\nconst b = a;', 2],
    ['const e = 1;', 0],
  ]);
  expect(() => programsOf([block(10, 'a', { continues: true })])).toThrow('a.md:10');
});

test('the packages that a program imports, and those that a document installs', () => {
  const code =
    "import { a } from '@planscope/plan/testing';\nimport 'node:fs';\nimport type { B } from 'apache-arrow';";
  expect(importedPackages(code)).toEqual(['@planscope/plan', 'apache-arrow']);
  const text = 'With `npm install x`:\n\nnpm install --save-dev @planscope/plan \\\n  apache-arrow@21 # why\n';
  expect(installedPackages(text)).toEqual(['@planscope/plan', 'apache-arrow']);
});

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
  expect(promisedByComments(code)).toEqual(['1', 'about what follows', 'x', 'y']);
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

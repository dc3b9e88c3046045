import { expect, test } from 'vitest';
import { checkImports, sourceChains } from './check-typescript.ts';
import { type Block, parseDocument } from './document.ts';

function block(line: number, code: string, directive: Block['directive'] = {}): Block {
  return { file: 'a.md', line, language: 'ts', code, directive };
}

test('a block is a program of its own, unless it continues the one before it', () => {
  const chains = sourceChains([
    block(10, 'const a = 1;'),
    block(20, 'const b = a;\nconst c = b;', { continues: true, given: 'declare const d: number;' }),
    block(30, 'const e = 1;'),
  ]);
  expect(chains.map(({ code }) => code)).toEqual([
    'const a = 1;',
    'const a = 1;\ndeclare const d: number;\nconst b = a;\nconst c = b;',
    'const e = 1;',
  ]);
});

test('each line of a program knows its place in the document', () => {
  const [, chain] = sourceChains([
    block(10, 'one\ntwo'),
    block(20, 'five\nsix', { continues: true, given: 'three\nfour' }),
  ]);
  expect([0, 1, 2, 3, 4, 5].map((line) => chain?.placeOf(line).line)).toEqual([10, 11, 20, 20, 20, 21]);
});

test('the first block cannot continue', () => {
  expect(() => sourceChains([block(10, 'a', { continues: true })])).toThrow('a.md:10');
});

const importing = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;

function missing(text: string): string[] {
  return checkImports(parseDocument('a.md', text), text).map(({ place, message }) => `${place} ${message}`);
}

const program = [
  "import { a } from '@planscope/plan/testing';",
  "import 'node:fs';",
  "import type { B } from 'apache-arrow';",
  "import { test } from 'vitest';",
].join('\n');

test('what a program imports, the document says to install, by a command or by name', () => {
  const install = importing('sh', 'npm install --save-dev @planscope/plan apache-arrow@21');
  expect(missing(`${install}\nWith \`vitest\`:\n\n${importing('ts', program)}`)).toEqual([]);
  expect(missing(`${install}\n${importing('ts', program)}`)).toEqual([
    'a.md:6 it imports vitest, which the document does not say to install',
  ]);
});

test('a document that installs nothing speaks to readers who have', () => {
  expect(missing(importing('ts', program))).toEqual([]);
});

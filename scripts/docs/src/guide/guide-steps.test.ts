import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guideSteps, Reader } from './guide-steps.ts';

const block = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;

test('commands are typed, other blocks saved under the name before them, text is what the screen shows', () => {
  const guide = [
    block('sh', 'npm init -y'),
    'Save this as `a.mjs`:\n',
    block('js', 'a();'),
    block('sh', 'node a.mjs'),
    'It prints:\n',
    block('text', 'a'),
    '<!-- check: skip: it stays -->\n',
    block('sh', 'docker run x'),
  ].join('\n');
  expect(guideSteps(guide)).toMatchObject([
    { kind: 'type', commands: 'npm init -y' },
    { kind: 'save', name: 'a.mjs', text: 'a();\n' },
    { kind: 'type', commands: 'node a.mjs', shows: 'a' },
  ]);
});

test('a reader who would be at a loss stops', () => {
  expect(() => guideSteps(block('js', 'a();'))).toThrow('what to save this as');
  expect(() => guideSteps(`Save this as \`a\`:\n\n${block('js', 'a')}\n${block('js', 'b')}`)).toThrow('line 8');
  expect(() => guideSteps(block('text', 'a'))).toThrow('nothing was typed');
});

let folder: string;
let reader: Reader;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'planscope-reader-'));
  mkdirSync(join(folder, 'empty'));
  reader = new Reader(join(folder, 'empty'), join(folder, 'whereabouts'), process.env);
});

afterEach(() => rmSync(folder, { recursive: true }));

const type = (commands: string, shows?: string): Promise<string> =>
  reader.take({ kind: 'type', commands, line: 1, ...(shows !== undefined && { shows }) });

test('goes on where the commands before have led', async () => {
  await type('mkdir project\ncd project');
  await reader.take({ kind: 'save', name: 'a.mjs', text: 'console.log("took 12 ms");\n', line: 2 });
  expect(await type('node a.mjs', 'took 3 ms')).toBe('took 12 ms\n');
});

test('stops where the screen shows something else, or a command fails', async () => {
  await expect(type('echo one', 'two')).rejects.toThrow(/the guide shows\s+two\s+and the screen\s+one/);
  await expect(type('echo before\nfalse\necho behind')).rejects.toThrow(/ends with 1:\s+before\s*$/);
});

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Reader } from './reader.ts';

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

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';

const check: ExampleCheck = async ({ output, folder, shown, start, missingFromTrace }) => {
  const lines = (name: string): string[] => readFileSync(`${folder}/src/${name}`, 'utf8').split('\n');
  const only = (some: string[], others: string[]): string[] => some.filter((line) => !others.includes(line));
  const changed = shown('diff').split('\n');
  const marked = (mark: string): string[] =>
    changed.filter((line) => line.startsWith(mark)).map((line) => line.slice(1));
  assert.deepEqual(marked('-'), only(lines('before.ts'), lines('after.ts')));
  assert.deepEqual(marked('+'), only(lines('after.ts'), lines('before.ts')));

  const before = start('before');
  assert.deepEqual((await before.end()).status, 0);
  assert.equal(before.output().trim().split('\n').length, 3);
  assert.ok(output.startsWith(before.output()), 'tracing changed what the program prints');
  assert.equal(await missingFromTrace('src/after.ts'), '');
};

export default check;

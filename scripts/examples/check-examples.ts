/**
 * `pnpm check:examples [name…]`: runs the examples from the packages as they are built, and checks what they printed and
 * made.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { readBlocks } from '../docs/src/document.ts';
import { type ExampleCheck, startProgram } from './example-check.ts';
import { type Example, findExamples } from './find-examples.ts';

const checklist = fileURLToPath(new URL('print-checklist.ts', import.meta.url));

/**
 * Runs an example, holds its README to what it printed, and has its own check look at the rest.
 *
 * @throws Error with what is wrong
 */
async function checkExample(example: Example): Promise<void> {
  const { folder } = example;
  const { default: check }: { default: ExampleCheck } = await import(pathToFileURL(`${folder}/check.ts`).href);
  const blocks = readBlocks('README.md', readFileSync(`${folder}/README.md`, 'utf8'));
  const shown = (wanted: string): string => blocks.find(({ language }) => language === wanted)?.code ?? '';
  const program = startProgram(example, 'start');
  const { status, errors } = await program.end();
  const output = program.output();
  assert.equal(status, 0, `it ended with status ${status}:\n${output}${errors}`);
  assert.equal(stable(output), stable(shown('text')), 'README.md shows what it does not print');

  const start = startProgram.bind(undefined, example);
  const missingFromTrace = (module: string): Promise<string> =>
    execa(process.execPath, ['--import', 'tsx', checklist, module], { cwd: folder }).then(() => '', String);
  await check({ output, folder, shown, start, missingFromTrace });
}

/** A text without what differs from run to run: times, identities, ports, and the spaces that line columns up. */
function stable(text: string): string {
  return text
    .replace(/\d+(\.\d+)? (ms|s)\b/g, '# $2')
    .replace(/\b([0-9a-f]{32}|[0-9a-f]{16})\b/g, '#')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:#')
    .replace(/(?<=\S) +/g, ' ')
    .trim();
}

const wanted = process.argv.slice(2);
const examples = findExamples().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
assert(examples.length > 0, `no example is named ${wanted.join(' or ')}`);
await test('examples', { concurrency: 2 }, async (t) => {
  await Promise.all(examples.map((example) => t.test(example.name, () => checkExample(example))));
});

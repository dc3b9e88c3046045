/**
 * `pnpm check:examples [name…]`: runs the examples from the packages as they are built, and checks what they printed and
 * made.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Example, findExamples, startChecklist, startProgram } from './example.ts';
import type { ExampleCheck } from './example-check.ts';
import { readmeBlock, stableText } from './readme-block.ts';

/**
 * Runs an example, holds its README to what it printed, and has its own check look at the rest.
 *
 * @throws with what is wrong
 */
async function checkExample(example: Example): Promise<void> {
  const { folder } = example;
  assert.ok(existsSync(`${folder}/check.ts`), 'there is no check.ts, so nothing would notice when it breaks');
  const readme = readFileSync(`${folder}/README.md`, 'utf8');
  const program = startProgram(example, 'start');
  const { status, errors } = await program.end();
  const output = program.output();
  assert.equal(status, 0, `it ended with status ${status}:\n${output}${errors}`);
  assert.equal(stableText(output), stableText(readmeBlock(readme, 'text')), 'README.md shows what it does not print');

  const { default: check }: { default: ExampleCheck } = await import(pathToFileURL(`${folder}/check.ts`).href);
  const start = startProgram.bind(undefined, example);
  const missingFromTrace = async (module: string): Promise<string> => {
    const { status, errors } = await startChecklist(example, module).end();
    return status === 0 ? '' : errors || `it ended with status ${status}`;
  };
  await check({ output, folder, readme, start, missingFromTrace });
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Checks the types of all examples against the packages as they are built.
 *
 * @throws with what the compiler says
 */
async function checkTypes(): Promise<void> {
  const compiler = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'examples'], { cwd: root });
  let output = '';
  compiler.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const status = await new Promise((resolve) => compiler.once('close', resolve));
  if (status !== 0) throw new Error(output);
}

/** One for each core that a small machine has. */
const AT_ONCE = 2;

const wanted = process.argv.slice(2);
const examples = findExamples().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (examples.length === 0) throw new Error(`no example is named ${wanted.join(' or ') || 'anything'}`);
const checks = [
  { name: 'types of all examples', run: checkTypes },
  ...examples.map((example) => ({ name: example.name, run: () => checkExample(example) })),
];

let failed = 0;
const waiting = checks.values();
async function work(): Promise<void> {
  for (const { name, run } of waiting) {
    const start = performance.now();
    const error = await run().then(() => undefined, String);
    if (error !== undefined) failed += 1;
    const time = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    console.log(`${error === undefined ? 'ok     ' : 'PROBLEM'} ${name.padEnd(24)} ${time.padStart(6)}`);
    if (error !== undefined) console.log(error);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));

console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

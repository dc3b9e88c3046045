import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Example } from './example.ts';
import type { ExampleCheck } from './example-check.ts';
import { readmeBlock, stableText } from './readme-block.ts';
import { startChecklist, startProgram } from './start-program.ts';

/**
 * Runs an example, holds its README to what it printed, and has its own check look at the rest.
 *
 * @throws with what is wrong
 */
export async function checkExample(example: Example): Promise<void> {
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

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../collector/run-program.ts';
import { flatName } from './compile-programs.ts';
import { demand } from './demand.ts';

const LIMIT_MILLIS = 60_000;
const DONE = 'works: ';

/** A program that stays open for ever must not pass for one that ended, so what it came to is printed. */
const starters = {
  mjs: `const { main } = await import(process.argv[2]);\nconsole.log('${DONE}' + (await main()));\n`,
  cjs: `require(process.argv[2]).main().then((shown) => console.log('${DONE}' + shown));\n`,
};

export type Format = keyof typeof starters;

/** Runs a compiled program to its end; it may print nothing but what it came to, so no warning either. */
export async function runInProject(project: string, program: string, format: Format, node: string): Promise<void> {
  const starter = join(project, `start.${format}`);
  if (!existsSync(starter)) writeFileSync(starter, starters[format]);
  const args = [starter, `./${flatName(program)}.${format}`];
  const { status, output } = await runProgram(node, args, { folder: project, limitMillis: LIMIT_MILLIS });
  const [line = '', ...more] = output.trimEnd().split('\n');
  demand(status === 0 && line.startsWith(DONE) && more.length === 0, `ended with ${status}, and printed\n${output}`);
}

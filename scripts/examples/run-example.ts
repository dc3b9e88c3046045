/** `npm run example <name>`: builds the packages that an example needs, and runs it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findExamples } from './find-examples.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = findExamples();
const example = examples.find(({ name }) => name === process.argv[2]);
if (example === undefined) {
  console.error(`npm run example <name>, with one of\n${examples.map(({ name }) => `  ${name}`).join('\n')}`);
  process.exit(2);
}
const build = ['run', 'build', `--filter=${example.manifest.name}^...`, '--output-logs=errors-only'];
for (const [program, args, cwd] of [
  ['node_modules/.bin/turbo', build, root],
  ['npm', ['start', '--silent'], example.folder],
] as const) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

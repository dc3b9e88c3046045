import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Checks the types of all examples against the packages as they are built.
 *
 * @throws with what the compiler says
 */
export async function checkTypes(): Promise<void> {
  const compiler = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'examples'], { cwd: root });
  let output = '';
  compiler.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const status = await new Promise((resolve) => compiler.once('close', resolve));
  if (status !== 0) throw new Error(output);
}

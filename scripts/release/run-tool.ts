import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a program of a development dependency in the root.
 *
 * @throws Error where it ends with anything but 0
 */
export function runTool(program: string, ...args: readonly string[]): void {
  execFileSync(join(root, 'node_modules/.bin', program), args, { cwd: root, stdio: 'inherit' });
}

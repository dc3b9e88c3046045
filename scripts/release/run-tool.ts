import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Runs a program that a development dependency brings, with this Node and without a package manager.
 * @param root the folder of the repository, in which it runs
 * @throws where it ends with anything but 0
 */
export function runTool(root: string, packageName: string, program: string, args: readonly string[]): void {
  const manifestPath = createRequire(join(root, 'package.json')).resolve(`${packageName}/package.json`);
  const { bin } = createRequire(manifestPath)(manifestPath);
  const path = join(dirname(manifestPath), typeof bin === 'string' ? bin : bin[program]);
  const { status, error } = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed } from './succeed.ts';

const source = fileURLToPath(new URL('registry', import.meta.url));

/**
 * The program of the registry, installed from its own lockfile where that was not done before.
 *
 * It stays out of the workspace: who works on Planscope does not install a registry.
 * @param cache where it stays for the next time
 */
export async function installRegistry(cache: string): Promise<string> {
  const lock = createHash('sha256')
    .update(readFileSync(join(source, 'package-lock.json')))
    .digest('hex');
  const folder = join(cache, lock.slice(0, 16));
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const unfinished = mkdtempSync(join(cache, 'unfinished-'));
    try {
      cpSync(source, unfinished, { recursive: true });
      await succeed('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
        folder: unfinished,
      });
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules/verdaccio/bin/verdaccio');
}

import { readFileSync } from 'node:fs';

/** How pnpm is started. */
export interface Pnpm {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * The pnpm of this repository.
 *
 * @param script of the pnpm that runs already; without one, npx brings the pinned version
 */
export function pnpmOf(script: string | undefined): Pnpm {
  if (script !== undefined) return { program: process.execPath, args: [script] };
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { packageManager } = JSON.parse(text) as { packageManager: string };
  return { program: 'npx', args: ['--yes', packageManager] };
}

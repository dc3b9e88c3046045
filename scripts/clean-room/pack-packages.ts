import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSuccessfully } from '../collector/run-program.ts';

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

const KEPT = /^npm_config_(?:registry|cafile|cache|proxy|https_proxy|noproxy)$/;

/**
 * Takes out of the environment what running through pnpm has put in, its own settings among them: a stranger's npm does
 * not see these.
 *
 * @returns the script of the pnpm that ran this process; undefined where another package manager did
 */
export function leavePnpm(environment: NodeJS.ProcessEnv): string | undefined {
  const script = environment.npm_execpath;
  for (const key of Object.keys(environment)) {
    if (/^(?:p?npm_|INIT_CWD$|NODE$|NODE_OPTIONS$)/i.test(key) && !KEPT.test(key)) delete environment[key];
  }
  return script !== undefined && /pnpm\.[cm]?js$/.test(script) ? script : undefined;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A package as it would be published. */
export interface PackedPackage {
  /** Folder of the package. */
  readonly name: string;
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly tarballBytes: number;
}

/**
 * Packs every package that is published, with the ranges that users get.
 *
 * @param folder where the tarballs go
 */
export async function packPackages(folder: string, pnpm: Pnpm): Promise<readonly PackedPackage[]> {
  mkdirSync(folder);
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  await runSuccessfully(pnpm.program, [...pnpm.args, ...args], { folder: root });
  const names = readdirSync(join(root, 'packages'));
  return names.map((name) => {
    const { version } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
    const tarball = join(folder, `planscope-${name}-${version}.tgz`);
    return { name, tarball, tarballBytes: statSync(tarball).size };
  });
}

interface Manifest {
  readonly version: string;
}

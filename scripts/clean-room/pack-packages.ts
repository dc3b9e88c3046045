import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../collector/run-program.ts';
import { demand } from './demand.ts';
import type { Pnpm } from './pnpm.ts';

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
  const { status, output } = await runProgram(pnpm.program, [...pnpm.args, ...args], { folder: root });
  demand(status === 0, `the packages could not be packed:\n${output}`);
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

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSuccessfully } from '../collector/run-program.ts';
import type { PackedPackage, Pnpm } from './pack-packages.ts';

/**
 * Installs one package into an empty project with npm.
 *
 * @param folder of the project, made here
 * @param packed tarballs of all packages: where one needs others of ours, these are not published yet
 * @param beside versions of other packages that the project names; default none
 */
export async function installWithNpm(
  folder: string,
  name: string,
  packed: readonly PackedPackage[],
  beside: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { [`@planscope/${name}`]: own = '', ...others } = tarballs(packed);
  writeManifest(folder, { dependencies: { [`@planscope/${name}`]: own, ...beside }, overrides: others });
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'];
  await runSuccessfully('npm', args, { folder });
}

/** Installs what the README of a package names into an empty project with pnpm, which hands out nothing undeclared. */
export async function installWithPnpm(
  folder: string,
  name: string,
  packed: readonly PackedPackage[],
  pnpm: Pnpm,
): Promise<void> {
  const ours = tarballs(packed);
  const dependencies = Object.fromEntries(installLine(name).map((other) => [other, ours[other] ?? 'latest']));
  writeManifest(folder, { dependencies, pnpm: { overrides: ours } });
  const args = ['install', '--prefer-offline', '--ignore-workspace', '--reporter=append-only'];
  await runSuccessfully(pnpm.program, [...pnpm.args, ...args], { folder });
}

function tarballs(packed: readonly PackedPackage[]): Record<string, string> {
  return Object.fromEntries(packed.map(({ name, tarball }) => [`@planscope/${name}`, `file:${tarball}`]));
}

function writeManifest(folder: string, fields: object): void {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'empty-project', version: '1.0.0', private: true, ...fields };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
}

/**
 * What the README of a package tells to install.
 *
 * @throws Error for a README without a line of that kind, or one that names other packages only
 */
function installLine(name: string): readonly string[] {
  const readme = readFileSync(new URL(`../../packages/${name}/README.md`, import.meta.url), 'utf8');
  const [, line = ''] = /^npm install (?:--save-dev )?(.*)$/m.exec(readme) ?? [];
  const packages = line.split(' ').filter((word) => word !== '');
  if (!packages.includes(`@planscope/${name}`)) {
    throw new Error(`packages/${name}/README.md has no line "npm install @planscope/${name} …"`);
  }
  return packages;
}

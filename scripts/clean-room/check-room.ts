import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../collector/run-program.ts';
import type { CheckKind, Checks } from './checks.ts';
import { compilePrograms, copyCompiled, flatName } from './compile-programs.ts';
import { installWithNpm, installWithPnpm } from './install-project.ts';
import { type InstalledTree, readInstalledTree } from './installed-tree.ts';
import type { PackedPackage, Pnpm } from './pack-packages.ts';
import type { PackageSize } from './package-size.ts';
import { type Family, families, type Room } from './rooms.ts';
import { DRIVER, type NodeVersion } from './supported-versions.ts';

/** What the checks of all packages share. */
export interface SharedChecks {
  /** Where the projects go. */
  readonly folder: string;
  readonly packed: readonly PackedPackage[];
  readonly nodes: readonly NodeVersion[];
  /** Versions of the driver that everything has to work with. */
  readonly drivers: readonly string[];
  readonly pnpm: Pnpm;
  readonly checks: Checks;
}

const formats: Readonly<Record<Format, CheckKind>> = { mjs: 'ESM', cjs: 'CommonJS' };

/**
 * Checks one package: alone with npm, on every Node, in both module systems and both at once, compiled as TypeScript; then
 * with pnpm as its README has it; and, where the driver is a peer, with the oldest and the newest of its range.
 *
 * @returns what it costs to install; undefined where it could not be installed
 */
export async function checkRoom(room: Room, shared: SharedChecks): Promise<PackageSize | undefined> {
  const tree = await checkWithNpm(room, shared);
  await checkWithPnpm(room, shared);
  if (room.hasDriver) await checkWithDrivers(room, shared);
  return tree && sizeOf(room, shared, tree);
}

async function checkWithNpm(room: Room, shared: SharedChecks): Promise<InstalledTree | undefined> {
  const { name, programs, hasBothBuilds } = room;
  const { checks, nodes, packed } = shared;
  const project = projectOf(room, shared, 'npm');
  const install = async (): Promise<InstalledTree> => {
    await installWithNpm(project, name, packed);
    return readInstalledTree(project, `@planscope/${name}`);
  };
  const tree = await checks.run(name, 'npm', 'install', install);
  if (tree === undefined) return undefined;
  await checks.run(name, 'tree', 'what came with it', () => checkTree(room, tree));
  const bothBuilds = hasBothBuilds ? `both-builds/${name}` : undefined;
  await checks.run(name, 'types', programs.join(', '), () => compilePrograms(project, programs, bothBuilds));
  for (const node of nodes) {
    for (const program of programs) await runBoth(room, shared, project, program, node);
    if (bothBuilds === undefined) continue;
    const run = (): Promise<void> => runInProject(project, bothBuilds, 'mjs', node.path);
    await checks.run(name, 'both builds', `Node ${node.version}`, run);
  }
  return tree;
}

/** The same programs once, on the Node that runs this; and on every Node those that need what the README installs. */
async function checkWithPnpm(room: Room, shared: SharedChecks): Promise<void> {
  const { name, programs, programsBeside = [] } = room;
  const { checks, nodes, packed, pnpm } = shared;
  const project = projectOf(room, shared, 'pnpm');
  const install = async (): Promise<true> => {
    await installWithPnpm(project, name, packed, pnpm);
    return true;
  };
  if ((await checks.run(name, 'pnpm', 'install', install)) === undefined) return;
  copyCompiled(projectOf(room, shared, 'npm'), project, programs);
  for (const program of programs) {
    for (const format of ['mjs', 'cjs'] as const) {
      const run = (): Promise<void> => runInProject(project, program, format, process.execPath);
      await checks.run(name, 'pnpm', `${program}.${format}`, run);
    }
  }
  if (programsBeside.length === 0) return;
  await checks.run(name, 'types', programsBeside.join(', '), () => compilePrograms(project, programsBeside, undefined));
  for (const node of nodes) {
    for (const program of programsBeside) await runBoth(room, shared, project, program, node);
  }
}

/** The same programs with other drivers, their types, too, on the Node that runs this. */
async function checkWithDrivers(room: Room, shared: SharedChecks): Promise<void> {
  const { name, programs } = room;
  const { checks, drivers, packed } = shared;
  for (const driver of drivers) {
    const project = projectOf(room, shared, `driver-${driver}`);
    const install = async (): Promise<true> => {
      await installWithNpm(project, name, packed, { [DRIVER]: driver });
      await compilePrograms(project, programs, undefined);
      return true;
    };
    if ((await checks.run(name, 'drivers', `types with ${driver}`, install)) === undefined) continue;
    for (const program of programs) {
      for (const format of ['mjs', 'cjs'] as const) {
        const run = (): Promise<void> => runInProject(project, program, format, process.execPath);
        await checks.run(name, 'drivers', `${program}.${format} with ${driver}`, run);
      }
    }
  }
}

async function runBoth(
  { name }: Room,
  { checks }: SharedChecks,
  project: string,
  program: string,
  node: NodeVersion,
): Promise<void> {
  for (const [format, kind] of Object.entries(formats) as [Format, CheckKind][]) {
    const run = (): Promise<void> => runInProject(project, program, format, node.path);
    await checks.run(name, kind, `${program}.${format} on Node ${node.version}`, run);
  }
}

function projectOf({ name }: Room, { folder }: SharedChecks, kind: string): string {
  return join(folder, kind, name);
}

function sizeOf({ name }: Room, { packed }: SharedChecks, tree: InstalledTree): PackageSize {
  const tarballBytes = packed.find((one) => one.name === name)?.tarballBytes ?? 0;
  const { ownBytes, installedBytes, dependencies, broughtByPeers, absentPeers } = tree;
  return {
    name,
    tarball: kilobytes(tarballBytes),
    unpacked: kilobytes(ownBytes),
    installed: kilobytes(installedBytes),
    dependencies: dependencies.length,
    broughtByPeers,
    absentPeers,
  };
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1000);
}

/** Holds what was installed to what the package says it brings: nothing more, and no less. */
export function checkTree({ name, brings }: Room, { dependencies }: InstalledTree): void {
  for (const [family, pattern] of Object.entries(families)) {
    const found = dependencies.filter((dependency) => pattern.test(dependency));
    if (brings.includes(family as Family)) {
      assert(
        found.length > 0,
        `@planscope/${name} no longer brings ${family}; take it out of scripts/clean-room/rooms.ts`,
      );
    } else {
      assert(
        found.length === 0,
        `@planscope/${name} needs no ${family}, but ${found.join(', ')} was installed with it`,
      );
    }
  }
}

const LIMIT_MILLIS = 60_000;
const DONE = 'works: ';

/** A program that stays open for ever must not pass for one that ended, so what it came to is printed. */
const starters = {
  mjs: `const { main } = await import(process.argv[2]);\nconsole.log('${DONE}' + (await main()));\n`,
  cjs: `require(process.argv[2]).main().then((shown) => console.log('${DONE}' + shown));\n`,
};

type Format = keyof typeof starters;

/** Runs a compiled program to its end; it may print nothing but what it came to, so no warning either. */
async function runInProject(project: string, program: string, format: Format, node: string): Promise<void> {
  const starter = join(project, `start.${format}`);
  if (!existsSync(starter)) writeFileSync(starter, starters[format]);
  const args = [starter, `./${flatName(program)}.${format}`];
  const { status, output } = await runProgram(node, args, { folder: project, limitMillis: LIMIT_MILLIS });
  const [line = '', ...more] = output.trimEnd().split('\n');
  assert(status === 0 && line.startsWith(DONE) && more.length === 0, `ended with ${status}, and printed\n${output}`);
}

import { join } from 'node:path';
import { checkTree } from './check-tree.ts';
import type { CheckKind, Checks } from './checks.ts';
import { compilePrograms, copyCompiled } from './compile-programs.ts';
import { DRIVER } from './driver-range.ts';
import { installWithNpm, installWithPnpm } from './install-project.ts';
import { type InstalledTree, readInstalledTree } from './installed-tree.ts';
import type { NodeVersion } from './node-versions.ts';
import type { PackedPackage } from './pack-packages.ts';
import type { PackageSize } from './package-size.ts';
import type { Pnpm } from './pnpm.ts';
import type { Room } from './rooms.ts';
import { type Format, runInProject } from './run-in-project.ts';

/** What every room shares. */
export interface House {
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
export async function checkRoom(room: Room, house: House): Promise<PackageSize | undefined> {
  const tree = await checkWithNpm(room, house);
  await checkWithPnpm(room, house);
  if (room.hasDriver) await checkWithDrivers(room, house);
  return tree && sizeOf(room, house, tree);
}

async function checkWithNpm(room: Room, house: House): Promise<InstalledTree | undefined> {
  const { name, programs, hasBothBuilds } = room;
  const { checks, nodes, packed } = house;
  const project = projectOf(room, house, 'npm');
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
    for (const program of programs) await runBoth(room, house, project, program, node);
    if (bothBuilds === undefined) continue;
    const run = (): Promise<void> => runInProject(project, bothBuilds, 'mjs', node.path);
    await checks.run(name, 'both builds', `Node ${node.version}`, run);
  }
  return tree;
}

/** The same programs once, on the Node that runs this; and on every Node those that need what the README installs. */
async function checkWithPnpm(room: Room, house: House): Promise<void> {
  const { name, programs, programsBeside = [] } = room;
  const { checks, nodes, packed, pnpm } = house;
  const project = projectOf(room, house, 'pnpm');
  const install = async (): Promise<true> => {
    await installWithPnpm(project, name, packed, pnpm);
    return true;
  };
  if ((await checks.run(name, 'pnpm', 'install', install)) === undefined) return;
  copyCompiled(projectOf(room, house, 'npm'), project, programs);
  for (const program of programs) {
    for (const format of ['mjs', 'cjs'] as const) {
      const run = (): Promise<void> => runInProject(project, program, format, process.execPath);
      await checks.run(name, 'pnpm', `${program}.${format}`, run);
    }
  }
  if (programsBeside.length === 0) return;
  await checks.run(name, 'types', programsBeside.join(', '), () => compilePrograms(project, programsBeside, undefined));
  for (const node of nodes) {
    for (const program of programsBeside) await runBoth(room, house, project, program, node);
  }
}

/** The same programs with other drivers, their types, too, on the Node that runs this. */
async function checkWithDrivers(room: Room, house: House): Promise<void> {
  const { name, programs } = room;
  const { checks, drivers, packed } = house;
  for (const driver of drivers) {
    const project = projectOf(room, house, `driver-${driver}`);
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
  { checks }: House,
  project: string,
  program: string,
  node: NodeVersion,
): Promise<void> {
  for (const [format, kind] of Object.entries(formats) as [Format, CheckKind][]) {
    const run = (): Promise<void> => runInProject(project, program, format, node.path);
    await checks.run(name, kind, `${program}.${format} on Node ${node.version}`, run);
  }
}

function projectOf({ name }: Room, { folder }: House, kind: string): string {
  return join(folder, kind, name);
}

function sizeOf({ name }: Room, { packed }: House, tree: InstalledTree): PackageSize {
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

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a package costs its users. */
export interface PackageSize {
  /** Folder of the package. */
  readonly name: string;
  /** Bytes of the tarball, of the package's own files, and of all that is installed with it. */
  readonly bytes: readonly [tarball: number, unpacked: number, installed: number];
  /** Names of all packages that are installed with it; a name is twice where two versions are there. */
  readonly dependencies: readonly string[];
  /** How many of these came for a peer and nothing else. */
  readonly forPeers: number;
  /** Optional peers that are not installed. */
  readonly absentPeers: readonly string[];
}

interface LockedPackage {
  readonly peer?: boolean;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Measures a package that npm installed alone into a project.
 *
 * @param tarball path of what it was installed from
 */
export function measurePackage(project: string, name: string, tarball: string): PackageSize {
  const modules = join(project, 'node_modules');
  const own = `node_modules/@planscope/${name}`;
  const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  const { [own]: itself, ...others } = lock.packages as Record<string, LockedPackage>;
  const dependencies = Object.keys(others).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13));
  const peers = Object.entries(itself?.peerDependenciesMeta ?? {}).filter(([, { optional }]) => optional);
  return {
    name,
    bytes: [statSync(tarball).size, bytesOf(join(project, own)), bytesOf(modules)],
    dependencies: dependencies.sort(),
    forPeers: Object.values(others).filter(({ peer }) => peer).length,
    absentPeers: peers.map(([peer]) => peer).filter((peer) => !dependencies.includes(peer)),
  };
}

function bytesOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

const START = '<!-- sizes: written by "pnpm check:clean-room --write" -->';
const END = '<!-- end of sizes -->';
const HEAD = [
  '| package | tarball | unpacked | installed, with dependencies | dependencies | of these for peers | optional peers, not installed |',
  '|---|--:|--:|--:|--:|--:|---|',
];

/** How much more a package may cost than the document says: dependencies grow a little without our doing. */
const TOLERANCE = 0.15;

function renderRow({ name, bytes, dependencies, forPeers, absentPeers }: PackageSize): string {
  const peers = absentPeers.map((peer) => `\`${peer}\``).join(', ');
  return `| ${[`\`@planscope/${name}\``, ...bytes.map(readable), dependencies.length, forPeers, peers].join(' | ')} |`;
}

/** Two digits: what a patch release of a dependency adds does not show. */
function readable(bytes: number): string {
  const kilobytes = Number((bytes / 1000).toPrecision(2));
  return kilobytes < 1000 ? `${kilobytes} kB` : `${kilobytes / 1000} MB`;
}

/** Puts the table into a document, in place of the one that is there. */
export function replaceSizeTable(document: string, sizes: readonly PackageSize[]): string {
  const [before, , after] = split(document);
  const rows = sizes.map(renderRow).sort();
  return `${before}${START}\n\n${[...HEAD, ...rows].join('\n')}\n\n${END}${after}`;
}

/**
 * Holds a package to what a document says that it costs.
 *
 * @throws AssertionError for another number of dependencies, other peers, or a size that is far off
 */
export function checkSizeTable(document: string, size: PackageSize): void {
  const expected = renderRow(size);
  const [, table] = split(document);
  const line = table.split('\n').find((row) => row.startsWith(`| \`@planscope/${size.name}\` |`)) ?? '';
  const said = line.split(' | ');
  const holds = expected.split(' | ').every((cell, column) => cell === said[column] || isClose(cell, said[column]));
  assert(
    holds,
    `docs/install-size.md says\n${line || 'nothing'}\nand installed was\n${expected}\n` +
      'Find out what came in ("npm ls --all" in an empty project, "tar tzf" of the tarball) and take it out again. ' +
      'If it is worth its weight, run "pnpm check:clean-room --write", and say why in the commit.',
  );
}

function split(document: string): [before: string, table: string, after: string] {
  const [before = '', rest = ''] = document.split(START);
  const [table = '', after] = rest.split(END);
  assert(after !== undefined, `docs/install-size.md has no ${START} … ${END}`);
  return [before, table, after];
}

function isClose(measured: string, said = ''): boolean {
  const [left, right] = [measured, said].map((cell) => Number.parseFloat(cell) * (cell.endsWith('MB') ? 1000 : 1));
  return / [kM]B$/.test(measured) && Math.abs((left ?? 0) / (right ?? 0) - 1) <= TOLERANCE;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** What a package costs whoever installs it. */
export interface PackageSize {
  /** Folder of the package. */
  readonly name: string;
  /** Kilobytes of the tarball. */
  readonly tarball: number;
  /** Kilobytes of the package's own files. */
  readonly unpacked: number;
  /** Kilobytes of all that is installed with it. */
  readonly installed: number;
  /** Number of packages that are installed with it. */
  readonly dependencies: number;
  /** How many of these came for a peer and nothing else, by the name of the peer. */
  readonly broughtByPeers: ReadonlyMap<string, number>;
  /** Optional peers that are not installed. */
  readonly absentPeers: readonly string[];
}

const sizeFields = ['tarball', 'unpacked', 'installed', 'dependencies'] as const;

type SizeField = (typeof sizeFields)[number];

/** A number of kilobytes as people read it, two digits of it: what a patch release of a dependency adds does not show. */
function readableSize(kilobytes: number): string {
  const rounded = Number(kilobytes.toPrecision(2));
  return rounded < 1000 ? `${rounded} kB` : `${rounded / 1000} MB`;
}

/** Most of everything that a package may cost. */
export type Budget = Readonly<Record<SizeField, number>>;

const FILE = 'scripts/clean-room/budget.json';

/** The budgets by folder of the package. */
export function readBudgets(): Readonly<Record<string, Budget>> {
  return JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8')) as Record<string, Budget>;
}

/**
 * Holds a package to its budget.
 *
 * @throws AssertionError with everything that is over it, and what to do
 */
export function checkBudget(size: PackageSize, budgets: Readonly<Record<string, Budget>>): void {
  const budget = budgets[size.name];
  assert(budget !== undefined, `@planscope/${size.name} has no budget; give it one in ${FILE}`);
  const over = sizeFields.filter((field) => size[field] > budget[field]);
  const lines = over.map(
    (field) => `${field}: ${shown(field, size[field])}, and the limit is ${shown(field, budget[field])}`,
  );
  assert(
    over.length === 0,
    `@planscope/${size.name} is over its budget\n${lines.join('\n')}\n` +
      'Find out what came in ("npm ls --all" in an empty project, "tar tzf" of the tarball) and take it out again. ' +
      `If it is worth its weight, raise the limit in ${FILE} and say why in the commit.`,
  );
}

function shown(field: SizeField, value: number): string {
  return field === 'dependencies' ? String(value) : `${value} kB`;
}

const START = '<!-- sizes: written by "pnpm check:clean-room --write" -->';
const END = '<!-- end of sizes -->';

/** How far a size in the table may be from what was measured: dependencies grow a little without our doing. */
const TOLERANCE = 0.15;

/** The sizes of all packages as a table in Markdown. */
export function renderSizeTable(sizes: readonly PackageSize[]): string {
  const rows = sizes.toSorted((left, right) => (left.name < right.name ? -1 : 1)).map(renderRow);
  return [
    '| package | tarball | unpacked | installed, with dependencies | dependencies | of these for peers | optional peers, not installed |',
    '|---|--:|--:|--:|--:|---|---|',
    ...rows,
  ].join('\n');
}

function renderRow({
  name,
  tarball,
  unpacked,
  installed,
  dependencies,
  broughtByPeers,
  absentPeers,
}: PackageSize): string {
  const peers = [...broughtByPeers].map(([peer, count]) => `\`${peer}\`: ${count}`);
  const cells = [
    `\`@planscope/${name}\``,
    ...[tarball, unpacked, installed].map(readableSize),
    dependencies,
    peers.join(', '),
    absentPeers.map((peer) => `\`${peer}\``).join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * Puts the table into a document, in place of the one that is there.
 *
 * @throws Error for a document without the marks around it
 */
export function replaceSizeTable(document: string, sizes: readonly PackageSize[]): string {
  const [before, , after] = split(document);
  return `${before}${START}\n\n${renderSizeTable(sizes)}\n\n${END}${after}`;
}

/**
 * Holds what a document says of a package to what was installed.
 *
 * @throws AssertionError for another number of dependencies, other peers, or sizes that are far off
 */
export function checkSizeTable(document: string, size: PackageSize): void {
  const [, table] = split(document);
  const expected = renderRow(size);
  const line = table.split('\n').find((row) => row.startsWith(`| \`@planscope/${size.name}\` |`));
  const advice = 'Run "pnpm check:clean-room --write", and look at what changed in docs/install-size.md';
  assert(line !== undefined, `docs/install-size.md does not list @planscope/${size.name}. ${advice}`);
  const [said, measured] = [line, expected].map(cellsOf) as [string[], string[]];
  const holds = measured.every((cell, column) => cell === said[column] || isClose(cell, said[column] ?? ''));
  assert(holds, `docs/install-size.md says\n${line}\nand installed was\n${expected}\n${advice}`);
}

function split(document: string): [before: string, table: string, after: string] {
  const [before = '', rest, ...tooMany] = document.split(START);
  const [table = '', after] = rest?.split(END) ?? [];
  if (after === undefined || tooMany.length > 0) throw new Error(`docs/install-size.md has no ${START} … ${END}`);
  return [before, table, after];
}

function cellsOf(row: string): string[] {
  return row.split('|').map((cell) => cell.trim());
}

function isClose(measured: string, said: string): boolean {
  const [left, right] = [kilobytesOf(measured), kilobytesOf(said)];
  return Math.abs(left - right) <= TOLERANCE * right;
}

/** NaN, which is close to nothing, for a cell that is no size. */
function kilobytesOf(cell: string): number {
  const [, value, unit] = /^([\d.]+) (kB|MB)$/.exec(cell) ?? [];
  return unit === undefined ? Number.NaN : Number(value) * (unit === 'MB' ? 1000 : 1);
}

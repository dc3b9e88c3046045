import { demand } from './demand.ts';
import { type PackageSize, readableSize } from './package-size.ts';

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
 * @throws CheckFailure for another number of dependencies, other peers, or sizes that are far off
 */
export function checkSizeTable(document: string, size: PackageSize): void {
  const [, table] = split(document);
  const expected = renderRow(size);
  const line = table.split('\n').find((row) => row.startsWith(`| \`@planscope/${size.name}\` |`));
  const advice = 'Run "pnpm check:clean-room --write", and look at what changed in docs/install-size.md';
  demand(line !== undefined, `docs/install-size.md does not list @planscope/${size.name}. ${advice}`);
  const [said, measured] = [line, expected].map(cellsOf) as [string[], string[]];
  const holds = measured.every((cell, column) => cell === said[column] || isClose(cell, said[column] ?? ''));
  demand(holds, `docs/install-size.md says\n${line}\nand installed was\n${expected}\n${advice}`);
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

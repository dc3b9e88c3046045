/**
 * Packs every package and proves of each that it installs alone in an empty project, with npm and with pnpm, and works: as
 * ESM, as CommonJS and as both at once, on every Node that is supported, with the oldest and the newest driver of DuckDB that
 * is supported, compiled as TypeScript in each way of resolving modules; and that it brings nothing it does not need.
 *
 * `pnpm check:clean-room [--write] [package …]`: `--write` puts the sizes into docs/install-size.md, else what is there
 * is checked; with names of packages, only these are.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRoom } from './clean-room/check-room.ts';
import { Checks, renderFailures, tallyChecks } from './clean-room/checks.ts';
import { leavePnpm, packPackages, pnpmOf } from './clean-room/pack-packages.ts';
import {
  checkBudget,
  checkSizeTable,
  type PackageSize,
  readBudgets,
  replaceSizeTable,
} from './clean-room/package-size.ts';
import { rooms } from './clean-room/rooms.ts';
import { driverVersions, nodeVersions } from './clean-room/supported-versions.ts';

const LANES = 2;

const document = new URL('../docs/install-size.md', import.meta.url);
const wanted = process.argv.slice(2).filter((argument) => argument !== '--write');
const isWriting = process.argv.includes('--write');

const unknown = wanted.find((name) => !rooms.some((room) => room.name === name));
if (unknown !== undefined)
  throw new Error(`there is no package "${unknown}"; there are ${rooms.map(({ name }) => name).join(', ')}`);
if (isWriting && wanted.length > 0) throw new Error('--write needs the sizes of all packages; leave the names out');

const pnpm = pnpmOf(leavePnpm(process.env));
const folder = mkdtempSync(join(tmpdir(), 'planscope-clean-room-'));
try {
  const nodes = await nodeVersions();
  const drivers = await driverVersions();
  const packed = await packPackages(join(folder, 'tarballs'), pnpm);
  const checks = new Checks();
  const sizes: PackageSize[] = [];
  const waiting = rooms.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const lane = async (): Promise<void> => {
    for (let room = waiting.shift(); room !== undefined; room = waiting.shift()) {
      const size = await checkRoom(room, { folder, packed, nodes, drivers, pnpm, checks });
      if (size !== undefined) sizes.push(size);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));

  const text = readFileSync(document, 'utf8');
  if (isWriting) writeFileSync(document, replaceSizeTable(text, sizes));
  const budgets = readBudgets();
  for (const size of sizes) {
    await checks.run(size.name, 'budget', 'size', () => checkBudget(size, budgets));
    if (!isWriting) await checks.run(size.name, 'budget', 'docs', () => checkSizeTable(text, size));
  }

  const failures = renderFailures(checks.results);
  if (failures !== '') console.error(`${failures}\n`);
  const versions = `on Node ${nodes.map(({ version }) => version).join(', ')} and with the drivers ${drivers.join(', ')}`;
  console.table(tallyChecks(checks.results));
  const failed = checks.results.filter(({ failure }) => failure !== undefined).length;
  const seconds = Math.round(performance.now() / 1000);
  console.log(`${checks.results.length - failed} passed, ${failed} failed ${versions} in ${seconds} s`);
  if (failed > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

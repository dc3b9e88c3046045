/**
 * Packs every package and proves of each that it installs alone in an empty project, with npm and with pnpm, and works: as
 * ESM and as CommonJS, on every Node that is supported, with the oldest and the newest driver of DuckDB that is supported,
 * compiled as TypeScript in each way of resolving modules; and that it brings nothing it does not need. The programs are
 * those of its README, and one that imports every entry point. All packages together share their state between the builds,
 * and make the same spans in programs on SDK 2 and SDK 3 of OpenTelemetry.
 *
 * `pnpm check:clean-room [--write] [room …]`: `--write` puts the sizes into docs/install-size.md, else what is there
 * is checked. A room is the name of a package, `planscope` for the command line, `sdk-lines`, `both-builds`, `drizzle` for a
 * program that does not know us, or `next` for a service of Next.js; default all.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { execa } from 'execa';
import { checkNextService } from './clean-room/next-service.ts';
import { checkSizeTable, measurePackage, type PackageSize, replaceSizeTable } from './clean-room/package-size.ts';
import { installProject, leavePnpm, packPackages } from './clean-room/project.ts';
import {
  checkTypes,
  entryPointProgram,
  formats,
  type RoomProgram,
  readmeInstalls,
  readmePrograms,
  runPrograms,
} from './clean-room/room-program.ts';
import { checkSdkLine, sdkLines } from './clean-room/sdk-lines.ts';
import { DRIVER, driverVersions, type NodeVersion, nodeVersions } from './clean-room/supported-versions.ts';
import { checkUnawareProgram } from './clean-room/unaware-program.ts';
import { makeSampleData } from './docs/src/sample-data.ts';

/** Families of packages that a project gets only with the package that needs them. */
const families = {
  sdk: /^@opentelemetry\/(?:sdk-|exporter-|otlp-|context-async-hooks|resources|core)/,
  clouds: /^@(?:aws-sdk|aws-crypto|smithy|google-cloud|azure|typespec)\//,
  duckdb: /^@duckdb\//,
  arrow: /^apache-arrow$/,
  zod: /^zod$/,
};

/** What comes with each package, as a dependency or as a peer; those that take longest first. */
const rooms: Readonly<Record<string, readonly (keyof typeof families)[]>> = {
  engine: ['duckdb', 'arrow', 'zod'],
  duckdb: ['duckdb', 'arrow'],
  'exec-instrumentation': ['arrow'],
  trino: ['arrow'],
  'object-store': [],
  'query-log': ['duckdb'],
  bootstrap: ['zod'],
  'rule-instrumentation': [],
  plan: [],
  'metrics-collector': [],
  'run-model': [],
  viewer: [],
  findings: [],
  testing: [],
  preview: ['arrow'],
  redaction: [],
  config: ['zod'],
  semconv: [],
};
/** Entry points that need an optional peer. */
const needPeers: Readonly<Record<string, readonly string[]>> = {
  plan: ['.', './testing'],
  duckdb: ['./instrumentation'],
};
/** Entry points that export nothing, for a flag of Node.js. */
const flags: Readonly<Record<string, readonly string[]>> = { duckdb: ['./register'] };

/** Rooms for several packages at once. */
const sharedRooms: Readonly<Record<string, (t: TestContext) => Promise<void>>> = {
  'sdk-lines': checkSdkLines,
  'both-builds': checkBothBuilds,
  planscope: checkCommandLine,
  drizzle: (t) =>
    checkUnawareProgram(t, {
      ...{ folder: join(folder, 'drizzle'), tarballs, nodes, driver: drivers.at(-1) ?? '' },
      program: ownProgram('drizzle'),
    }),
  next: (t) => checkNextService(t, join(folder, 'next'), tarballs, drivers.at(-1) ?? ''),
};

function ownProgram(name: string): RoomProgram {
  return { name, code: readFileSync(new URL(`clean-room/programs/${name}.ts`, import.meta.url), 'utf8') };
}

const table = new URL('../docs/install-size.md', import.meta.url);
const document = readFileSync(table, 'utf8');
const isWriting = process.argv.includes('--write');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--write');
const known = [...Object.keys(rooms), ...Object.keys(sharedRooms)];
for (const name of wanted) assert(known.includes(name), `there is no room "${name}"; there are ${known.join(', ')}`);
assert(!isWriting || wanted.length === 0, '--write needs the sizes of all packages; leave the names out');

const pnpm = leavePnpm(process.env);
const folder = mkdtempSync(join(tmpdir(), 'planscope-clean-room-'));
const sample = await makeSampleData(folder);
const [tarballs, nodes, drivers] = await Promise.all([
  packPackages(join(folder, 'tarballs'), pnpm),
  nodeVersions(),
  driverVersions(),
]);
assert.deepEqual(
  Object.keys(tarballs).sort(),
  ['planscope', ...Object.keys(rooms).map((name) => `@planscope/${name}`)].sort(),
);
const thisNode: NodeVersion = { version: process.versions.node, path: process.execPath };
const sizes: PackageSize[] = [];

async function checkRoom(t: TestContext, name: string): Promise<void> {
  const alone = join(folder, 'npm', name);
  const ours = { [`@planscope/${name}`]: '*' };
  await installProject(alone, ours, tarballs);
  const size = measurePackage(alone, name, tarballs[`@planscope/${name}`] ?? '');
  sizes.push(size);
  await t.test('brings what it needs, and nothing else', () => {
    const found = Object.entries(families).filter(([, family]) => size.dependencies.some((each) => family.test(each)));
    assert.deepEqual(found.map(([family]) => family).sort(), rooms[name]?.toSorted());
  });
  if (!isWriting) await t.test('is as small as docs/install-size.md says', () => checkSizeTable(document, size));
  const own = name === 'object-store' ? [ownProgram(name)] : [];
  const { [name]: flag = [] } = flags;
  const withoutPeers = entryPointProgram(name, [...(needPeers[name] ?? []), ...flag]);
  await checkPrograms(t, 'alone', alone, [withoutPeers, ...own], nodes);

  const examples = readmePrograms(name);
  const programs = [entryPointProgram(name, flag), ...examples];
  const beside = join(folder, 'pnpm', name);
  await installProject(beside, Object.fromEntries(readmeInstalls(name).map((each) => [each, 'latest'])), tarballs, {
    pnpm,
  });
  await checkPrograms(t, 'as its README installs it', beside, programs, nodes);
  if (!rooms[name]?.includes('duckdb')) return;
  for (const driver of drivers) {
    const project = join(folder, `driver-${driver}`, name);
    await installProject(project, { ...ours, [DRIVER]: driver }, tarballs);
    await checkPrograms(t, `with driver ${driver}`, project, [withoutPeers, ...examples], [thisNode]);
  }
}

async function checkPrograms(
  t: TestContext,
  how: string,
  project: string,
  programs: readonly RoomProgram[],
  on: readonly NodeVersion[],
): Promise<void> {
  cpSync(sample, join(project, 'flights.parquet'));
  await t.test(`${how}: types`, () => checkTypes(project, programs));
  for (const { version, path } of on) {
    for (const format of formats) {
      await t.test(`${how}: ${format} on Node ${version}`, async () => {
        await runPrograms(project, programs, format, path);
      });
    }
  }
}

async function checkBothBuilds(t: TestContext): Promise<void> {
  const project = join(folder, 'together');
  await installProject(project, { ...tarballs, 'apache-arrow': 'latest' }, tarballs);
  const programs = [ownProgram('both-builds')];
  await t.test('types', () => checkTypes(project, programs, ['mts']));
  for (const { version, path } of nodes) {
    await t.test(`on Node ${version}`, async () => void (await runPrograms(project, programs, 'mjs', path)));
  }
}

/** What a person types who has installed nothing but Node.js. */
async function checkCommandLine(t: TestContext): Promise<void> {
  const project = join(folder, 'planscope');
  await installProject(project, { planscope: '*' }, tarballs);
  cpSync(sample, join(project, 'flights.parquet'));
  const command = join(project, 'node_modules/planscope/dist/main.js');
  for (const { version, path } of nodes) {
    await t.test(`on Node ${version}`, async () => {
      const sql = `SELECT origin, count(*) AS flights FROM 'flights.parquet' GROUP BY origin`;
      const args = ['query', sql, '--trace', `${version}.jsonl`, '--html', `${version}.html`];
      const { stdout, stderr } = await execa(path, [command, ...args], { cwd: project });
      assert.match(stdout, /flights │.*PARQUET_SCAN/s);
      assert.equal(stderr, '');
      const page = await execa(path, [command, 'view', `${version}.jsonl`, '--output', '-'], { cwd: project });
      assert.match(page.stdout, /^<!doctype html>.*PARQUET_SCAN/s);
    });
  }
}

async function checkSdkLines(t: TestContext): Promise<void> {
  const programs = { program: ownProgram('traced-queries'), logs: ownProgram('exception-logs') };
  const room = { tarballs, nodes, driver: drivers.at(-1) ?? '', ...programs };
  let printed: string | undefined;
  for (const [name, line] of Object.entries(sdkLines)) {
    await t.test(name, async (on) => {
      printed = await checkSdkLine(on, line, { ...room, folder: join(folder, name) }, printed);
    });
  }
}

await test('clean room', { concurrency: 2 }, async (t) => {
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  await Promise.all([
    ...Object.entries(sharedRooms).map(([name, check]) => t.test(name, { skip: !isWanted(name) }, check)),
    ...Object.keys(rooms)
      .filter(isWanted)
      .map((name) => t.test(`@planscope/${name}`, (room) => checkRoom(room, name))),
  ]);
});
if (isWriting) writeFileSync(table, replaceSizeTable(document, sizes));
rmSync(folder, { recursive: true, force: true });

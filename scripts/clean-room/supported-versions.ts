import assert from 'node:assert/strict';
import { execa } from 'execa';
import { maxSatisfying, minSatisfying } from 'semver';

/** A Node to run programs with. */
export interface NodeVersion {
  readonly version: string;
  readonly path: string;
}

/** The oldest that the packages allow, the oldest of OpenTelemetry's SDK 3, and one of each later line. */
const VERSIONS = ['20.19.0', '22.15.0', '24.21.0', '26.10.0'];

/** The Nodes that everything has to work on, from the npm package `node`, which npm keeps in its cache. */
export async function nodeVersions(): Promise<NodeVersion[]> {
  const found: NodeVersion[] = [];
  // One after another: npm installs into one folder.
  for (const version of VERSIONS) {
    const args = ['exec', '--yes', '--prefer-offline', `--package=node@${version}`, '--'];
    const { stdout } = await execa('npm', [...args, 'node', '--print', 'process.execPath + process.version']);
    const [path = '', printed] = stdout.trim().split(/(?=v[\d.]+$)/);
    assert.equal(printed, `v${version}`);
    found.push({ version, path });
  }
  return found;
}

/** DuckDB's driver, a peer of the packages that run DuckDB. */
export const DRIVER = '@duckdb/node-api';

/** The first of 1.5 whose results have GEOMETRY and VARIANT; of 2, every one. */
const OLDEST_PATCH = 4;
/** Releases come monthly, and DuckDB 1.5 is supported until March 2027. */
const LAST_PATCH = 30;
/** There is no driver of DuckDB 2 yet. These are as many minor versions and patches as may come in three years. */
const LAST_MINOR_OF_2 = 5;
const LAST_PATCH_OF_2 = 15;

/**
 * The peer ranges for the driver, by major version. Each of its releases is a prerelease to semver (`1.5.6-r.1`), which a
 * range admits only where it names a prerelease of that very patch; so it names one of each, of the patches to come, too.
 */
const driverRanges: readonly string[] = [
  patches('1.5', OLDEST_PATCH, LAST_PATCH),
  Array.from({ length: LAST_MINOR_OF_2 + 1 }, (_, minor) => patches(`2.${minor}`, 0, LAST_PATCH_OF_2)).join(' || '),
];

function patches(minor: string, first: number, last: number): string {
  return Array.from({ length: last - first + 1 }, (_, index) => `~${minor}.${first + index}-r.1`).join(' || ');
}

export const driverRange: string = driverRanges.join(' || ');

/** The oldest published driver that the peer range takes, and the newest of each major version. */
export async function driverVersions(): Promise<string[]> {
  const { stdout } = await execa('npm', ['view', DRIVER, 'versions', '--json', '--prefer-online']);
  const published: string[] = JSON.parse(stdout);
  const ends = [minSatisfying(published, driverRange), ...driverRanges.map((range) => maxSatisfying(published, range))];
  const found = [...new Set(ends)].filter((version) => version !== null);
  assert(found.length > 0, `no published ${DRIVER} is within ${driverRange}`);
  return found;
}

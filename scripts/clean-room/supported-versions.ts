import assert from 'node:assert/strict';
import { execa } from 'execa';
import { maxSatisfying, minSatisfying } from 'semver';

/** A Node to run programs with. */
export interface NodeVersion {
  readonly version: string;
  readonly path: string;
}

/** The oldest that the packages allow, and one of each later line. */
const VERSIONS = ['20.19.0', '22.23.3', '24.21.0', '26.10.0'];

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

/** The first whose results have GEOMETRY and VARIANT. */
const OLDEST_PATCH = 4;
/** Releases come monthly, and DuckDB 1.5 is supported until March 2027. */
const LAST_PATCH = 30;

/**
 * The peer range for the driver. Each of its releases is a prerelease to semver (`1.5.6-r.1`), which a range admits only
 * where it names a prerelease of that very patch; so it names one of each, of the patches to come, too.
 */
export const driverRange: string = Array.from(
  { length: LAST_PATCH - OLDEST_PATCH + 1 },
  (_, index) => `~1.5.${OLDEST_PATCH + index}-r.1`,
).join(' || ');

/** The oldest and the newest published driver that the peer range takes. */
export async function driverVersions(): Promise<string[]> {
  const { stdout } = await execa('npm', ['view', DRIVER, 'versions', '--json', '--prefer-online']);
  const published: string[] = JSON.parse(stdout);
  const ends = [minSatisfying(published, driverRange), maxSatisfying(published, driverRange)];
  const found = [...new Set(ends)].filter((version) => version !== null);
  assert(found.length > 0, `no published ${DRIVER} is within ${driverRange}`);
  return found;
}

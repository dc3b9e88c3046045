import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { maxSatisfying, minSatisfying } from 'semver';
import { runSuccessfully } from '../collector/run-program.ts';

/** The oldest that the packages allow, and one of each later line. */
const VERSIONS = ['20.19.0', '22.23.3', '24.21.0'] as const;

/** A Node to run programs with. */
export interface NodeVersion {
  readonly version: string;
  readonly path: string;
}

/**
 * The Nodes that everything has to work on, from the npm package `node`, kept in the user's cache folder.
 *
 * @throws Error for one that npm does not give
 */
export async function nodeVersions(): Promise<readonly NodeVersion[]> {
  return await Promise.all(VERSIONS.map(nodeVersion));
}

async function nodeVersion(version: string): Promise<NodeVersion> {
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: only where a program is kept, no task of turbo
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'planscope', `node-${version}`);
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(folder, 'node_modules', 'node', 'bin', executable);
  if (!existsSync(path)) await install(version, folder);
  const printed = await runSuccessfully(path, ['--version']);
  assert(printed.trim() === `v${version}`, `${path} should be Node ${version}, but prints: ${printed}`);
  return { version, path };
}

/** Whole or not at all: another check may be looking for the same one. */
async function install(version: string, folder: string): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  try {
    const args = ['install', '--prefix', unfinished, '--no-audit', '--no-fund', '--prefer-offline', `node@${version}`];
    await runSuccessfully('npm', args, { folder: unfinished });
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
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

/**
 * The oldest and the newest published driver that the peer range takes.
 *
 * @throws Error where the registry does not answer, or has none
 */
export async function driverVersions(): Promise<readonly string[]> {
  const output = await runSuccessfully('npm', ['view', DRIVER, 'versions', '--json', '--prefer-online']);
  const published = JSON.parse(output) as string[];
  const ends = [minSatisfying(published, driverRange), maxSatisfying(published, driverRange)];
  const found = [...new Set(ends)].filter((version) => version !== null);
  assert(found.length > 0, `no published ${DRIVER} is within ${driverRange}`);
  return found;
}

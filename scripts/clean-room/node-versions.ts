import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../collector/run-program.ts';
import { demand } from './demand.ts';

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
  const said = await runProgram(path, ['--version']);
  demand(said.output.trim() === `v${version}`, `${path} should be Node ${version}, but says: ${said.output}`);
  return { version, path };
}

/** Whole or not at all: another check may be looking for the same one. */
async function install(version: string, folder: string): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  try {
    const args = ['install', '--prefix', unfinished, '--no-audit', '--no-fund', '--prefer-offline', `node@${version}`];
    const { status, output } = await runProgram('npm', args, { folder: unfinished });
    demand(status === 0, `npm does not give Node ${version}:\n${output}`);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

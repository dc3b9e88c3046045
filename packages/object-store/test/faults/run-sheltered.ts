import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Why a process can have no file system of its own here; undefined where it can. */
export function whyNoMounts(): string | undefined {
  const tried = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { encoding: 'utf8' });
  if (tried.error !== undefined) return tried.error.message;
  return tried.status === 0 ? undefined : tried.stderr.trim();
}

/**
 * Runs one of the tests' programs in a process for which `directory` is a small file system of its own.
 *
 * @param size of the file system, as mount takes it
 * @returns what the program printed, as JSON
 */
export function onOwnFileSystem(program: string, directory: string, size: string): unknown {
  const mount = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
  return run('unshare', ['-rm', 'sh', '-c', mount, 'sh', size, directory, process.execPath, ...at(program, directory)]);
}

/** Runs one of the tests' programs in a process of its own, which may give up what it is allowed. */
export function inOwnProcess(program: string, directory: string): unknown {
  return run(process.execPath, at(program, directory));
}

function at(program: string, directory: string): string[] {
  const path = fileURLToPath(new URL(`../programs/${program}`, import.meta.url));
  return ['--conditions=@planscope/source', '--import', 'tsx', path, directory];
}

function run(program: string, settings: readonly string[]): unknown {
  const { status, stdout, stderr, error } = spawnSync(program, settings, { cwd: packageFolder, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

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
 * Runs a module of this folder in a process for which `directory` is a small file system of its own.
 *
 * @param size of the file system, as mount takes it
 * @returns what the module printed, as JSON
 */
export function onOwnFileSystem(module: string, directory: string, size: string): unknown {
  const mount = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
  return run('unshare', ['-rm', 'sh', '-c', mount, 'sh', size, directory, process.execPath, ...at(module, directory)]);
}

/** Runs a module of this folder in a process of its own, which may give up what it is allowed. */
export function inOwnProcess(module: string, directory: string): unknown {
  return run(process.execPath, at(module, directory));
}

function at(module: string, directory: string): string[] {
  const path = fileURLToPath(new URL(module, import.meta.url));
  return ['--conditions=@planscope/source', '--import', 'tsx', path, directory];
}

function run(program: string, settings: readonly string[]): unknown {
  const { status, stdout, stderr, error } = spawnSync(program, settings, { cwd: packageFolder, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'planscope-duckdb-';

// One process may load this package twice, as ESM and as CommonJS; it has one folder in each place all the same.
const registry = Symbol.for('planscope.duckdb.process-folders');
const holder = globalThis as { [registry]?: Map<string, string> };
holder[registry] ??= new Map();
const folders: Map<string, string> = holder[registry];
let next = 0;

/**
 * A path that no other file has, in the one folder that this process has in a place. The folder is removed when the process
 * exits; what a process leaves that was killed is removed by the next one that needs such a folder.
 *
 * @param base where the folder of this process is
 */
export function namedPath(base: string, extension: string): string {
  next += 1;
  return join(processFolder(base), `${process.pid}-${next}-${Math.random().toString(36).slice(2)}.${extension}`);
}

/** Whether a path is in such a folder of this process. */
export function isNamedPath(path: string): boolean {
  for (const folder of folders.values()) if (path.startsWith(folder)) return true;
  return false;
}

function processFolder(base: string): string {
  const known = folders.get(base);
  if (known !== undefined) {
    if (!existsSync(known)) mkdirSync(known, { recursive: true, mode: 0o700 });
    return known;
  }
  sweep(base);
  const folder = mkdtempSync(join(base, `${PREFIX}${process.pid}-`));
  if (folders.size === 0) process.on('exit', removeAll);
  folders.set(base, folder);
  return folder;
}

function removeAll(): void {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
}

/** Removes the folders of processes that have ended. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^planscope-duckdb-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(base, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

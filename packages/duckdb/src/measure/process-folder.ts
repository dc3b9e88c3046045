import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'planscope-duckdb-';

// Shared, because one process may load this package twice, as ESM and as CommonJS.
const registry = Symbol.for('planscope.duckdb.process-folders');
const holder = globalThis as { [registry]?: Map<string, string> };
holder[registry] ??= new Map();
const folders: Map<string, string> = holder[registry];
let next = 0;

/**
 * A unique path in the folder of this process. The folder is removed when the process exits. The folder of a killed
 * process is removed by the next process that creates one in the same place.
 *
 * @param base parent of the folder of this process
 */
export function namedPath(base: string, extension: string): string {
  next += 1;
  return join(processFolder(base), `${process.pid}-${next}-${Math.random().toString(36).slice(2)}.${extension}`);
}

/** Whether a path is in a folder of this process. */
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
      // It belongs to another user.
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

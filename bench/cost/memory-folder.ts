import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SHARED_MEMORY = '/dev/shm';

/** Where files are memory, and cost no disk; else the system's folder for temporary files. */
export const memoryRoot: string = existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir();

/** A new folder in memory, and how to take it away. */
export function openMemoryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(memoryRoot, 'bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

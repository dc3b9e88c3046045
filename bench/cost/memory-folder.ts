import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SHARED_MEMORY = '/dev/shm';

/** A folder in memory if there is one, else the system's folder for temporary files. */
export const memoryRoot: string = existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir();

/** Makes a folder in memory. */
export function openMemoryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(memoryRoot, 'bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

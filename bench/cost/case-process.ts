import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryRoot } from './memory-folder.ts';
import type { Row } from './row.ts';

/** What the process of a case is asked to measure. */
export interface CaseRequest {
  readonly name: string;
  readonly rounds: number | undefined;
  readonly quick: boolean;
}

/** The result of a case's process. */
export interface CaseOutcome {
  readonly rows: readonly Row[];
  /** Exit status, or the name of the signal that ended it. */
  readonly status: number | NodeJS.Signals;
  /** Paths that the process left in folders for temporary files. */
  readonly leftovers: {
    /** In its own folder, which has been removed since. */
    readonly own: readonly string[];
    /** In the shared folder in memory; some may be files of other programs. */
    readonly shared: readonly string[];
  };
}

const program = fileURLToPath(new URL('measure-case.ts', import.meta.url));

/**
 * Measures a case in a process of its own, so that no case affects another, and finds what the process left behind. The
 * process has its own folder for temporary files; the folder in memory is shared with all programs.
 */
export async function runCase(request: CaseRequest): Promise<CaseOutcome> {
  const temporary = mkdtempSync(join(tmpdir(), 'bench-'));
  const before = new Set(readdirSync(memoryRoot));
  try {
    const child = spawn(process.execPath, [...process.execArgv, program, JSON.stringify(request)], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let rows: readonly Row[] = [];
    child.on('message', (message: readonly Row[]) => {
      rows = message;
    });
    const status = await new Promise<number | NodeJS.Signals>((resolve) =>
      child.on('close', (code, signal) => resolve(code ?? signal ?? 1)),
    );
    const inMemory = readdirSync(memoryRoot).filter((name) => !before.has(name));
    // tsx caches what it compiles.
    const own = readdirSync(temporary).filter((name) => !name.startsWith('tsx-'));
    return { rows, status, leftovers: { own, shared: inMemory.map((name) => join(memoryRoot, name)) } };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

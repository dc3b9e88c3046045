import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryRoot } from './memory-folder.ts';
import type { Row } from './row.ts';

/** How a case is to be measured, as its process is told. */
export interface CaseRequest {
  readonly name: string;
  readonly rounds: number | undefined;
  readonly quick: boolean;
}

/** What a process came to. */
export interface CaseOutcome {
  readonly rows: readonly Row[];
  /** Exit status, or the name of the signal that ended it. */
  readonly status: number | NodeJS.Signals;
  /** Paths in folders for temporary files that were not there before. */
  readonly leftovers: {
    /** In the folder that it had for itself, which is gone by now. */
    readonly own: readonly string[];
    /** In the folder in memory; what another program has put there goes away again. */
    readonly shared: readonly string[];
  };
}

const program = fileURLToPath(new URL('measure-case.ts', import.meta.url));

/**
 * Measures a case in a process of its own, so that none warms up, fills or slows another, and sees what that process has
 * left behind. It has a folder for temporary files of its own; the one in memory it shares with the machine.
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
    // The compiler that runs these programs keeps what it has compiled.
    const own = readdirSync(temporary).filter((name) => !name.startsWith('tsx-'));
    return { rows, status, leftovers: { own, shared: inMemory.map((name) => join(memoryRoot, name)) } };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

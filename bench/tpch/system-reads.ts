import { spawnSync } from 'node:child_process';
import { accessSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { TABLES } from './traced-query.ts';

/** Reads of one file. */
export interface FileReads {
  readonly bytes: number;
  readonly requests: number;
}

export type ReadsByFile = Readonly<Record<string, FileReads>>;

/** Adds to the reads of one file. */
export function addReads(reads: Record<string, FileReads>, file: string, more: FileReads): void {
  const { bytes, requests } = reads[file] ?? { bytes: 0, requests: 0 };
  reads[file] = { bytes: bytes + more.bytes, requests: requests + more.requests };
}

const MARK = '/planscope-tpch-mark';

/** Says in the list of system calls that the query begins or ends. */
export function markSystemCalls(): void {
  try {
    accessSync(MARK);
  } catch {
    // There is no such file.
  }
}

/**
 * Runs a program under strace.
 *
 * @returns what it printed, and what it read of the tables between the two marks, by the system's own count
 */
export function readsOf(command: readonly string[], folder: string): { output: string; reads: ReadsByFile } {
  const scratch = mkdtempSync(join(tmpdir(), 'planscope-strace-'));
  const calls = join(scratch, 'calls');
  const paths = [MARK, ...TABLES.map((table) => join(folder, `${table}.parquet`))].flatMap((path) => ['-P', path]);
  const options = ['-f', '-y', '-qq', '-e', 'trace=access,read,pread64,readv,preadv', ...paths, '-o', calls];
  try {
    const { stdout, stderr, status } = spawnSync('strace', [...options, ...command], { maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`strace ended with ${status}: ${stderr}`);
    return { output: stdout.toString(), reads: sum(readFileSync(calls, 'utf8')) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function sum(text: string): ReadsByFile {
  const reads: Record<string, FileReads> = {};
  /** Of calls that another thread's line interrupts, by thread. */
  const begun = new Map<string, string>();
  let marks = 0;
  for (const line of text.split('\n')) {
    if (line.includes(MARK) && !line.includes('resumed')) marks += 1;
    if (marks !== 1) continue;
    const thread = /^\d+/.exec(line)?.[0] ?? '';
    const path = /(?:read|pread64|readv|preadv)\(\d+<([^>]+)>/.exec(line)?.[1];
    if (line.endsWith('<unfinished ...>')) {
      if (path !== undefined) begun.set(thread, path);
      continue;
    }
    const file = path ?? begun.get(thread);
    begun.delete(thread);
    const bytes = Number(/= (\d+)$/.exec(line)?.[1]);
    if (file === undefined || Number.isNaN(bytes)) continue;
    addReads(reads, basename(file), { bytes, requests: 1 });
  }
  return reads;
}

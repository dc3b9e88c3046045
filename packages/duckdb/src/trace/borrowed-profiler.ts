import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { memoryFolder } from '../profile/profile-folder.ts';
import { quoteString } from '../sql/quote.ts';

/** Statements that could see or touch profiling settings: they run under the program's own. */
const TOUCHES_PROFILING = /profil|current_setting|duckdb_settings|reset/i;

/**
 * Profiling on a connection that belongs to the program. Its settings are taken once, before the first query, and
 * given back before any statement that could see or change them; a program that profiles for itself is left alone.
 */
export class BorrowedProfiler {
  readonly #connection: DuckDBConnection;
  readonly #folder: string | undefined;
  #path: string | undefined;
  /** Whose the settings are; unknown until looked at. */
  #settings: 'unknown' | 'ours' | 'theirs' = 'unknown';
  #theirs: ProfilingSettings | undefined;
  #changing: Promise<void> | undefined;

  /** @param folder where profiles go; default a memory file system where there is one */
  constructor(connection: DuckDBConnection, folder: string | undefined) {
    this.#connection = connection;
    this.#folder = folder;
  }

  /**
   * Makes ready for a statement.
   *
   * @returns undefined when nothing has to be waited for, which keeps statements in the order they were called
   */
  before(sql: string): Promise<void> | undefined {
    const touches = TOUCHES_PROFILING.test(sql);
    const isReady = touches ? this.#settings === 'unknown' : this.#settings !== 'unknown';
    if (this.#changing === undefined && isReady) return undefined;
    const previous = this.#changing ?? Promise.resolve();
    const changing = previous.then(() => (touches ? this.#giveBack() : this.#take()));
    this.#changing = changing;
    return changing.finally(() => {
      if (this.#changing === changing) this.#changing = undefined;
    });
  }

  /** Forgets the profile of an earlier statement. */
  discard(): void {
    if (this.#settings === 'ours') this.#remove();
  }

  /** The profile of the statement that has just ended; undefined where there is none. */
  profile(): string | undefined {
    if (this.#settings !== 'ours' || this.#path === undefined) return undefined;
    try {
      return readFileSync(this.#path, 'utf8');
    } catch {
      return undefined;
    }
  }

  /** The file that profiles are written to, once there is one. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Whether queries are profiled now. */
  get isOn(): boolean {
    return this.#settings === 'ours';
  }

  /** Takes the folder away; the connection must not be used any more. */
  close(): void {
    if (this.#path !== undefined) rmSync(join(this.#path, '..'), { recursive: true, force: true });
    this.#path = undefined;
    this.#settings = 'theirs';
  }

  async #take(): Promise<void> {
    if (this.#settings !== 'unknown') return;
    try {
      this.#theirs = await readSettings(this.#connection);
      if (this.#theirs.enabled) {
        this.#settings = 'theirs';
        return;
      }
      this.#path ??= join(
        mkdtempSync(join(this.#folder ?? memoryFolder() ?? tmpdir(), 'planscope-duckdb-')),
        'profile.json',
      );
      // One statement each: in one string, DuckDB prints the profiles of some to the standard output. Coverage comes last,
      // so that none of these is profiled itself.
      await this.#connection.run(`SET enable_profiling = 'json'`);
      await this.#connection.run(`SET profiling_output = ${quoteString(this.#path)}`);
      await this.#connection.run(`SET profiling_mode = 'detailed'`);
      await this.#connection.run(`SET profiling_coverage = 'all'`);
      this.#settings = 'ours';
      this.discard();
    } catch {
      // Within an aborted transaction nothing can be set; the next statement tries again.
    }
  }

  async #giveBack(): Promise<void> {
    const { output = '', coverage = '' } = this.#theirs ?? {};
    const wereOurs = this.#settings === 'ours';
    this.#settings = 'unknown';
    if (!wereOurs) return;
    try {
      await this.#connection.run(`SET profiling_coverage = ${quoteString(coverage)}`);
      // A file for JSON is taken only while JSON is on; no file at all only when profiling is off, or it would be printed.
      if (output !== '') await this.#connection.run(`SET profiling_output = ${quoteString(output)}`);
      await this.#connection.run('RESET enable_profiling');
      await this.#connection.run('RESET profiling_mode');
      if (output === '') await this.#connection.run('RESET profiling_output');
    } catch {
      // Within an aborted transaction nothing can be set; it was taken before, and is taken for ours again.
      this.#settings = 'ours';
    }
  }

  #remove(): void {
    if (this.#path !== undefined) rmSync(this.#path, { force: true });
  }
}

interface ProfilingSettings {
  readonly enabled: boolean;
  readonly output: string;
  readonly coverage: string;
}

async function readSettings(connection: DuckDBConnection): Promise<ProfilingSettings> {
  const reader = await connection.runAndReadAll(
    `SELECT current_setting('enable_profiling'), current_setting('profiling_output'), current_setting('profiling_coverage')`,
  );
  const [enabled, output, coverage] = reader.getRows()[0] ?? [];
  return { enabled: enabled !== null, output: String(output ?? ''), coverage: String(coverage ?? 'SELECT') };
}

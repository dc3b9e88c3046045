import type { DuckDBConnection } from '@duckdb/node-api';
import { isInterrupt } from './interrupts.ts';
import { runOwn } from './own-statement.ts';
import { PrivateFile } from './private-file.ts';

/** Why a connection is not profiled. */
export type ProfilingRefusal = 'in-use' | 'not-permitted' | 'locked' | 'no-file' | 'no-space';

/** Whether a connection is profiled: not examined yet, yes, closed, or refused for a reason. */
export type ProfilingState = 'unknown' | 'on' | 'closed' | ProfilingRefusal;

const SETTINGS = `SELECT current_setting('enable_profiling'), current_setting('profiling_output'),
  current_setting('profiling_coverage'), current_setting('enable_external_access')::VARCHAR,
  current_setting('lock_configuration')::VARCHAR, txid_current()`;
const TRANSACTION = 'SELECT txid_current()';
const PROBE = 'SELECT 1';
/** Coverage first: a statement that switches off must not be profiled itself, or DuckDB prints that profile later. */
const RESETS = ['RESET profiling_coverage', 'RESET enable_profiling', 'RESET profiling_mode', 'RESET profiling_output'];
/** What a locked configuration does not refuse. */
const OFF_WHEN_LOCKED = [`CALL enable_profiling(coverage = 'select')`, 'CALL disable_profiling()'];
/** Writes no profile, not even its own, and has DuckDB forget that one. */
const OFF_WITHOUT_FILE = [
  'CALL disable_profiling()',
  `CALL enable_profiling(format = 'no_output', coverage = 'select')`,
];

/** Bytes of a profile without the text of its statement: the least, and the usual. A connection that had larger ones holds twice as much. */
const LEAST_PROFILE_BYTES = 8 * 1024;
const USUAL_PROFILE_BYTES = 16 * 1024;
/** Of the text of a statement, as UTF-8 in JSON. */
const BYTES_PER_CHARACTER = 3;
/** How soon a disk that was full is checked again. */
const RETRY_MS = 1000;
const MOST_RESERVED_BYTES = 512 * 1024;
const SPARE_FACTOR = 2;

/** Where DuckDB writes profiles. */
export interface ProfilerOptions {
  /** Folder for the file; default a memory file system where there is one. */
  readonly folder?: string | undefined;
  /** Whether the file has no name; default if the platform can do that. */
  readonly anonymous?: boolean | undefined;
  /** Whether DuckDB has to find the file below the folder, as an instance with `allowed_directories` does; default false. */
  readonly linked?: boolean;
}

/**
 * DuckDB's profiler on one connection. It is switched on once by a single call, which cannot be done by half, writes each
 * profile into a private file, and is switched off by a call that neither a locked configuration nor a transaction refuses.
 */
export class ConnectionProfiler {
  readonly #options: ProfilerOptions;
  readonly #isOwn: boolean;
  #file: PrivateFile | undefined;
  #state: ProfilingState = 'unknown';
  #isUncertain = false;
  #refusedAt = 0;
  /** Bytes of zeros in the file, which a profile will replace; 0 while it holds something else. */
  #reserved = 0;
  #largest = LEAST_PROFILE_BYTES;

  /** @param owner `own` for a connection of Planscope, whose settings are neither looked up nor given back */
  constructor(options: ProfilerOptions, owner: 'program' | 'own' | ProfilingRefusal) {
    this.#options = options;
    this.#isOwn = owner !== 'program';
    if (owner !== 'program' && owner !== 'own') this.#state = owner;
  }

  get state(): ProfilingState {
    return this.#state;
  }

  /** Whether switching it on may succeed now. */
  get mayTry(): boolean {
    if (this.#state === 'no-space') return performance.now() - this.#refusedAt > RETRY_MS;
    return this.#state === 'unknown';
  }

  /** Whether DuckDB was interrupted while it was being switched on, so that it may be on or off. */
  get isUncertain(): boolean {
    return this.#isUncertain;
  }

  /**
   * Switches it on, unless the program profiles for itself, the instance does not permit it, or a transaction is open.
   *
   * @returns false within a transaction, where the settings must not be changed
   * @throws DuckDB's error if it is interrupted
   */
  async switchOn(connection: DuckDBConnection): Promise<boolean> {
    if (this.#isOwn && this.#state !== 'unknown') return true;
    if (!this.#isOwn && !this.#isUncertain) {
      const found = await this.#lookUp(connection);
      if (found === 'in-transaction') return false;
      if (found !== undefined) {
        this.#state = found;
        return true;
      }
    }
    const file = this.#open();
    if (file === undefined) return true;
    // If DuckDB is interrupted, it may have done it or not.
    this.#isUncertain = true;
    const location = `save_location = ${file.sqlPath}`;
    const isOn = await attempt(
      connection,
      `CALL enable_profiling(format = 'json', coverage = 'all', mode = 'detailed', ${location})`,
    );
    // No setting says whether all file systems are permitted, so one profile is written to see.
    const writes = this.#isOwn || (isOn && (await attempt(connection, PROBE)) && this.take() !== undefined);
    if (isOn && writes) {
      this.#isUncertain = false;
      this.#state = 'on';
      return true;
    }
    await this.switchOff(connection, false);
    this.#state = 'not-permitted';
    return true;
  }

  /**
   * Switches it off and gives the settings back as they were. Within a transaction nothing that could abort it is sent.
   *
   * @param mayWrite false where files may have been forbidden in the meantime
   * @throws DuckDB's error if it is interrupted; then it can be tried again
   */
  async switchOff(connection: DuckDBConnection, mayWrite: boolean): Promise<void> {
    if (this.#state !== 'on' && !this.#isUncertain) {
      this.#state = 'unknown';
      return;
    }
    if (!mayWrite) for (const statement of OFF_WITHOUT_FILE) await runOwn(connection, statement);
    const [row] = await runOwn(connection, `SELECT current_setting('lock_configuration')::VARCHAR`);
    const isLocked = row?.[0] === 'true';
    for (const statement of isLocked ? OFF_WHEN_LOCKED : RESETS) await runOwn(connection, statement);
    this.#isUncertain = false;
    this.#state = isLocked ? 'locked' : 'unknown';
  }

  /** The program profiles for itself from now on. The settings are not looked up: DuckDB might print the profile of that query. */
  leave(): void {
    if (this.#state !== 'on') this.#state = 'in-use';
  }

  /** Looks all settings up again before the next use. It must be off. */
  forget(): void {
    if (this.#state !== 'on') this.#state = 'unknown';
  }

  /**
   * Makes ready for a statement: empties the file, and holds as much space as its profile may take.
   *
   * @param characters the length of its text, which the profile repeats
   * @returns false where the disk does not have that much
   */
  ready(characters: number): boolean {
    if (this.#file === undefined) return false;
    const needed = this.#largest + characters * BYTES_PER_CHARACTER;
    const held = Math.min(needed, MOST_RESERVED_BYTES);
    if (this.#reserved < held) this.#reserve(Math.max(held, USUAL_PROFILE_BYTES));
    // Filling a file takes time: of a very long statement only so much is held as most need, and the rest has to be free.
    return this.#reserved >= held && (needed === held || this.#file.spaceLeft > SPARE_FACTOR * needed);
  }

  /** A statement may have written a profile that is not read. */
  soiled(): void {
    this.#reserved = 0;
  }

  /** The profile that was written since {@link ready}; undefined if there is none. */
  take(): string | undefined {
    if (this.#file === undefined) return undefined;
    try {
      const text = this.#file.readText();
      if (text === undefined) return undefined;
      this.#largest = Math.min(Math.max(text.length, this.#largest), MOST_RESERVED_BYTES / 2);
      this.#reserve(Math.max(2 * this.#largest, USUAL_PROFILE_BYTES));
      return text;
    } catch {
      return undefined;
    }
  }

  /** The connection is closed and runs nothing any more. Safe to call twice. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#state = 'closed';
  }

  async #lookUp(connection: DuckDBConnection): Promise<ProfilingRefusal | 'in-transaction' | undefined> {
    const { refusal, transaction } = await lookUp(connection);
    const [again] = await runOwn(connection, TRANSACTION);
    // Outside of a transaction, each statement has one of its own.
    return again?.[0] === transaction ? 'in-transaction' : refusal;
  }

  #reserve(bytes: number): void {
    this.#reserved = this.#file?.reserve(bytes) ?? 0;
  }

  #open(): PrivateFile | undefined {
    const { folder, anonymous, linked = false } = this.#options;
    try {
      this.#file ??= PrivateFile.open({ extension: 'json', folder, anonymous, linked });
    } catch {
      this.#state = 'no-file';
      return undefined;
    }
    if (this.ready(0)) return this.#file;
    this.#state = 'no-space';
    this.#refusedAt = performance.now();
    return undefined;
  }
}

/** Why a connection must not be profiled; undefined if it may be. Profiling is off before and after. */
export async function profilingRefusal(
  connection: DuckDBConnection,
  folder: string | undefined,
): Promise<ProfilingRefusal | undefined> {
  const trial = new ConnectionProfiler({ folder }, 'program');
  await trial.switchOn(connection);
  const { state } = trial;
  await trial.switchOff(connection, true);
  trial.close();
  return state === 'on' || state === 'unknown' || state === 'closed' ? undefined : state;
}

async function lookUp(
  connection: DuckDBConnection,
): Promise<{ readonly refusal: ProfilingRefusal | undefined; readonly transaction: unknown }> {
  const [settings = []] = await runOwn(connection, SETTINGS);
  const [profiling, output, coverage, access, lock, transaction] = settings;
  const isInUse = profiling !== null || output !== '' || coverage !== 'SELECT';
  const refusal = isInUse ? 'in-use' : access === 'false' ? 'not-permitted' : lock === 'true' ? 'locked' : undefined;
  return { refusal, transaction };
}

/**
 * @returns whether DuckDB did it
 * @throws DuckDB's error if it is interrupted
 */
async function attempt(connection: DuckDBConnection, sql: string): Promise<boolean> {
  try {
    await runOwn(connection, sql);
    return true;
  } catch (error) {
    if (isInterrupt(error)) throw error;
    return false;
  }
}

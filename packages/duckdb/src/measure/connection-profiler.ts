import type { DuckDBConnection } from '@duckdb/node-api';
import { type InstancePeaks, NO_PEAKS } from '../profile/own-peaks.ts';
import { instancePeaks } from '../profile/profile-summary.ts';
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
/** Coverage comes first: a RESET that is itself profiled would make DuckDB print its profile later. */
const RESETS = ['RESET profiling_coverage', 'RESET enable_profiling', 'RESET profiling_mode', 'RESET profiling_output'];
/**
 * Works with a locked configuration, and leaves the profiler on without output. `CALL disable_profiling()` works, too, but
 * an EXPLAIN ANALYZE after it can end the process (DuckDB 1.5.6).
 */
const OFF_WHEN_LOCKED = [`CALL enable_profiling(format = 'no_output', coverage = 'select', mode = 'standard')`];
/** Statements that write no profile, and make DuckDB drop the profile of the first one. */
const OFF_WITHOUT_FILE = [
  'CALL disable_profiling()',
  `CALL enable_profiling(format = 'no_output', coverage = 'select')`,
];

/**
 * Bytes of a profile without the text of its statement: the minimum and the usual size. A connection that had larger
 * profiles reserves twice their size.
 */
const LEAST_PROFILE_BYTES = 8 * 1024;
const USUAL_PROFILE_BYTES = 16 * 1024;
/** Bytes for a character of a statement, in UTF-8 with JSON escapes. */
const BYTES_PER_CHARACTER = 3;
/** Delay before a full disk is checked again. */
const RETRY_MS = 1000;
const MOST_RESERVED_BYTES = 512 * 1024;
const SPARE_FACTOR = 2;

/** Where DuckDB writes profiles. */
export interface ProfilerOptions {
  /** Folder for the file. Default: a memory file system if there is one. */
  readonly folder?: string | undefined;
  /** Whether to use a file without a name. Default: true if the platform supports it. */
  readonly anonymous?: boolean | undefined;
  /** Whether DuckDB needs a path below the folder, as it does with `allowed_directories`. Default: false. */
  readonly linked?: boolean;
}

/**
 * DuckDB's profiler on one connection. It writes each profile to a private file. A single call enables it, so it is
 * never half enabled; the calls that disable it also work with a locked configuration and in a transaction.
 */
export class ConnectionProfiler {
  readonly #options: ProfilerOptions;
  readonly #isOwn: boolean;
  #file: PrivateFile | undefined;
  #state: ProfilingState = 'unknown';
  #isUncertain = false;
  #refusedAt = 0;
  /** Bytes of zeros in the file that the next profile will replace; 0 while the file contains something else. */
  #reserved = 0;
  #largest = LEAST_PROFILE_BYTES;
  #peaks: InstancePeaks | undefined;
  #resetsPeaks = false;

  /** @param owner `own` for a connection of Planscope, whose settings are neither read before nor restored after */
  constructor(options: ProfilerOptions, owner: 'program' | 'own' | ProfilingRefusal) {
    this.#options = options;
    this.#isOwn = owner !== 'program';
    if (this.#isOwn) this.#peaks = NO_PEAKS;
    if (owner !== 'program' && owner !== 'own') this.#state = owner;
  }

  get state(): ProfilingState {
    return this.#state;
  }

  /** Whether an attempt to enable it may succeed now. */
  get mayTry(): boolean {
    if (this.#state === 'no-space') return performance.now() - this.#refusedAt > RETRY_MS;
    return this.#state === 'unknown';
  }

  /** Whether an interrupt hit the call that enables it, so that it may be on or off. */
  get isUncertain(): boolean {
    return this.#isUncertain;
  }

  /**
   * Enables it, unless the program uses the profiler, the instance does not permit it, or a transaction is open.
   *
   * @returns false in a transaction, where settings must not be changed
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
    // If DuckDB is interrupted, the call may or may not have taken effect.
    this.#isUncertain = true;
    const location = `save_location = ${file.sqlPath}`;
    const isOn = await attempt(
      connection,
      `CALL enable_profiling(format = 'json', coverage = 'all', mode = 'detailed', ${location})`,
    );
    // No setting shows whether all file systems are permitted, so write one profile as a test.
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
   * Disables it and restores the settings. In a transaction, it sends no statement that could abort the transaction.
   *
   * @param mayWrite false if writing files may have been forbidden in the meantime
   * @throws DuckDB's error if it is interrupted; the call can be repeated
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

  /**
   * The program uses the profiler from now on. Reading the settings would be profiled too, and DuckDB might print that.
   */
  leave(): void {
    if (this.#state !== 'on') this.#state = 'in-use';
  }

  /** Makes the next use read all settings again. It must be off. */
  forget(): void {
    if (this.#state !== 'on') this.#state = 'unknown';
  }

  /**
   * Prepares for a statement: empties the file and reserves the space that its profile may need.
   *
   * @param characters length of its text, which the profile repeats
   * @returns false if the disk does not have enough space
   */
  ready(characters: number): boolean {
    if (this.#file === undefined) return false;
    const needed = this.#largest + characters * BYTES_PER_CHARACTER;
    const held = Math.min(needed, MOST_RESERVED_BYTES);
    if (this.#reserved < held) this.#reserve(Math.max(held, USUAL_PROFILE_BYTES));
    // Filling a file takes time: for a very long statement, only part of the space is reserved and the rest must be
    // free.
    return this.#reserved >= held && (needed === held || this.#file.spaceLeft > SPARE_FACTOR * needed);
  }

  /** The peaks of the connection so far; undefined if a statement may have raised them whose profile was not read. */
  get peaks(): InstancePeaks | undefined {
    return this.#peaks;
  }

  /**
   * Records that a statement may have written a profile that is not read.
   *
   * @param hasPeaks whether the peaks are known nevertheless
   */
  soiled(hasPeaks = false): void {
    this.#reserved = 0;
    if (!hasPeaks && !this.#resetsPeaks) this.#peaks = undefined;
  }

  /** Returns the profile that DuckDB wrote since {@link ready}; undefined if there is none. */
  take(): string | undefined {
    if (this.#file === undefined) return undefined;
    try {
      const text = this.#file.readText();
      if (text === undefined) return undefined;
      this.#largest = Math.min(Math.max(text.length, this.#largest), MOST_RESERVED_BYTES / 2);
      this.#reserve(Math.max(2 * this.#largest, USUAL_PROFILE_BYTES));
      this.#notePeaks(text);
      return text;
    } catch {
      return undefined;
    }
  }

  /** Closes the file. The connection must be closed and run nothing. Safe to call twice. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#state = 'closed';
  }

  async #lookUp(connection: DuckDBConnection): Promise<ProfilingRefusal | 'in-transaction' | undefined> {
    const { refusal, transaction } = await lookUp(connection);
    const [again] = await runOwn(connection, TRANSACTION);
    // Outside of a transaction, each statement has its own transaction.
    return again?.[0] === transaction ? 'in-transaction' : refusal;
  }

  /** A peak that fell proves that this version of DuckDB counts them anew for each statement. */
  #notePeaks(text: string): void {
    const found = instancePeaks(text);
    const { memory = 0, temporaryStorage = 0 } = this.#peaks ?? {};
    if (found !== undefined && (found.memory < memory || found.temporaryStorage < temporaryStorage)) {
      this.#resetsPeaks = true;
    }
    this.#peaks = this.#resetsPeaks ? NO_PEAKS : found;
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

/** Why a connection must not be profiled; undefined if it can be. Profiling is off before and after the call. */
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
 * @returns whether the statement succeeded
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

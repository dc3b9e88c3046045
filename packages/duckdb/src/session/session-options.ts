import { DuckDBError } from '../duckdb-error.ts';

/** A value of a DuckDB setting. */
export type SettingValue = string | number | boolean;

/** How a session opens its DuckDB instance. */
export interface DuckDBSessionOptions {
  /** Path of the database file; default `:memory:`. */
  readonly path?: string;
  /** DuckDB's settings, fixed for the life of the instance, for example `{ threads: 2, memory_limit: '1GB' }`. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /**
   * Log every read and write, to count bytes and requests from; default false. The log goes to a file that only this
   * process reads, on a memory file system where there is one.
   */
  readonly traceIo?: boolean;
  /**
   * Keep blocks of files read in DuckDB's cache; default true, as DuckDB does. Bytes and requests are those that really
   * went to the file system, so a second run over the same file may show fewer. Switch it off to compare runs.
   */
  readonly externalFileCache?: boolean;
  /** Folder for what DuckDB writes for us, profiles and log; default `/dev/shm` where there is one, else the system's. */
  readonly temporaryFolder?: string;
  /**
   * Folders that SQL can read and write files in; others are refused by DuckDB, links resolved, as are extensions that are not
   * built in. A folder of the session's own for profile and log is among them. Default: all.
   */
  readonly allowedDirectories?: readonly string[];
}

const RESERVED =
  /^(?:enable_profiling|profil.*|custom_profiling_settings|enable_logging|logging_.*|enabled_log_types|disabled_log_types|explain_output|enable_external_file_cache)$/;

/**
 * Checks the options before anything is opened.
 *
 * @throws DuckDBError `invalid-option` naming the field, its value and what would be right
 */
export function validateSessionOptions(options: DuckDBSessionOptions): void {
  for (const name of Object.keys(options.settings ?? {})) {
    if (RESERVED.test(name.toLowerCase())) {
      throw new DuckDBError(
        'invalid-option',
        `settings.${name} is set by the session itself; leave it out and use traceIo, externalFileCache or the options of the query`,
      );
    }
  }
}

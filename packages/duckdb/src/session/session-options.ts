import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBError } from '../duckdb-error.ts';
import { checkEventKinds, type EventKind } from '../events/engine-event.ts';
import { defaultFolder } from '../measure/private-file.ts';
import { namedPath } from '../measure/process-folder.ts';
import { quoteString } from '../sql/quote.ts';
import { checkInstallLimit, type ExtensionOptions } from './extensions.ts';

/** A value of a DuckDB setting. */
export type SettingValue = string | number | boolean;

/** How a session opens its DuckDB instance. */
export interface DuckDBSessionOptions extends ExtensionOptions {
  /** Path of the database file; default `:memory:`. */
  readonly path?: string;
  /** DuckDB's settings, fixed for the life of the instance, for example `{ threads: 2, memory_limit: '1GB' }`. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /**
   * What DuckDB logs, to count bytes and requests from: `reads` and writes of files, HTTP `requests`, `row-groups` of Parquet
   * files that a scan read or skipped. Default nothing. The log goes to a file that only this process reads, on a memory file
   * system where there is one.
   */
  readonly events?: readonly EventKind[];
  /**
   * Keep file blocks in DuckDB's cache. Default: true, as in DuckDB. Bytes and requests count what reached the file
   * system, so a second run over the same file may show fewer. Set it to false to compare runs.
   */
  readonly externalFileCache?: boolean;
  /** Folder for profiles and log. Default: `/dev/shm` if it has space, else the system's folder for temporary files. */
  readonly temporaryFolder?: string;
  /**
   * Folders and URLs below which SQL can read and write files. DuckDB resolves links and refuses all other files, and
   * extensions that are neither built in nor in `preload`. The session adds a folder of its own for profiles and log.
   * Default: everything.
   */
  readonly allowedDirectories?: readonly string[];
  /**
   * Extensions to load when the session is opened, because a session with `allowedDirectories` can load none later. One
   * that is missing is reported when it is needed. Default: none.
   */
  readonly preload?: readonly string[];
}

const RESERVED =
  /^(?:enable_profiling|profil.*|custom_profiling_settings|enable_logging|logging_.*|enabled_log_types|disabled_log_types|explain_output|enable_external_file_cache)$/;

/**
 * Checks the options before anything is opened.
 *
 * @throws DuckDBError `invalid-option` with the field and what to use instead
 */
export function validateSessionOptions(options: DuckDBSessionOptions): void {
  checkEventKinds('events', options.events);
  checkInstallLimit(options);
  for (const name of Object.keys(options.settings ?? {})) {
    if (RESERVED.test(name.toLowerCase())) {
      throw new DuckDBError(
        'invalid-option',
        `settings.${name} is set by the session itself; leave it out and use events, externalFileCache or the options of the query`,
      );
    }
  }
}

// Shared, because one process may load this package twice, as ESM and as CommonJS.
const registry = Symbol.for('planscope.duckdb.owners');
const holder = globalThis as { [registry]?: Set<string> };
holder[registry] ??= new Set();
const owned: Set<string> = holder[registry];

/**
 * Claims a database file for one session of this process. In-memory databases are never shared.
 *
 * @returns a function that releases the file; safe to call twice
 * @throws DuckDBError `database-in-use` if another session has it open
 */
export function claimDatabase(path: string): () => void {
  if (path === ':memory:') return () => {};
  const key = resolve(path);
  if (owned.has(key)) {
    throw new DuckDBError(
      'database-in-use',
      `path ${JSON.stringify(path)} is open in another session of this process; share that session, or close it first`,
    );
  }
  owned.add(key);
  return () => owned.delete(key);
}

/** Creates a folder for the files of one session only, because SQL of a confined session can read it. */
export function ownFolder({ temporaryFolder = defaultFolder() }: DuckDBSessionOptions): string {
  const folder = namedPath(temporaryFolder, 'session');
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** Makes DuckDB refuse files outside of some folders. No statement can undo this. */
export async function confine(connection: DuckDBConnection, directories: readonly string[]): Promise<void> {
  await connection.run(`SET allowed_directories = [${directories.map(quoteString).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
}

/** Settings that can affect the rows of a query, their order, or its execution. */
const RELEVANT = [
  'Calendar',
  'TimeZone',
  'binary_as_string',
  'default_null_order',
  'default_order',
  'disabled_optimizers',
  'enable_external_file_cache',
  'ieee_floating_point_ops',
  'integer_division',
  'memory_limit',
  'old_implicit_casting',
  'preserve_insertion_order',
  'scalar_subquery_error_on_multiple_rows',
  'threads',
];

/**
 * Current values of the relevant settings, sorted by name. Settings without a value are omitted.
 *
 * @param further names in addition to the fixed list
 */
export async function readSettings(
  connection: DuckDBConnection,
  further: readonly string[],
): Promise<Record<string, string>> {
  const names = new Set([...RELEVANT, ...further.map((name) => name.toLowerCase())]);
  const reader = await connection.runAndReadAll(
    'SELECT name, value::VARCHAR FROM duckdb_settings() WHERE value IS NOT NULL ORDER BY name',
  );
  return Object.fromEntries(
    reader
      .getRows()
      .map(([name, value]) => [String(name), String(value)] as const)
      .filter(([name]) => names.has(name)),
  );
}

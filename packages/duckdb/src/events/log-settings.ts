import type { DuckDBConnection } from '@duckdb/node-api';
import { runOwn } from '../measure/own-statement.ts';
import { quoteString } from '../sql/quote.ts';

/** Logging settings; they all apply to the whole instance. */
const NAMES = [
  'enable_logging',
  'logging_storage',
  'logging_mode',
  'logging_level',
  'enabled_log_types',
  'disabled_log_types',
] as const;

const SETTINGS = `SELECT ${NAMES.map((name) => `current_setting('${name}')::VARCHAR`).join(', ')},
  current_setting('enable_external_access')::VARCHAR, current_setting('lock_configuration')::VARCHAR`;

/** DuckDB's value of `enable_logging` when logging is on. */
const ON = '1';

/** Why the log of an instance cannot be used. */
export type LogRefusal = 'in-use' | 'not-permitted' | 'locked';

/** The settings of the log before Planscope used it. */
export type LogSettings = Readonly<Record<(typeof NAMES)[number], string>>;

/** The state of the log of an instance. */
export interface LogState {
  readonly settings: LogSettings;
  /** Why it must not be used; undefined if it can be. */
  readonly refusal: LogRefusal | undefined;
  /** Whether the settings are exactly those of {@link enableLogging}. */
  readonly isOurs: boolean;
}

/**
 * Asks an instance for the settings of its log. Its entries are never read by SQL: that can block DuckDB for good.
 *
 * @param types of the entries that Planscope asked for
 */
export async function readLogState(connection: DuckDBConnection, types: readonly string[]): Promise<LogState> {
  const [row = []] = await runOwn(connection, SETTINGS);
  const settings = Object.fromEntries(NAMES.map((name, index) => [name, String(row[index])])) as LogSettings;
  const [access, lock] = row.slice(NAMES.length).map(String);
  return { settings, refusal: refusalOf(settings, access, lock), isOurs: isAsWeSet(settings, types) };
}

/** Makes an instance log entries of some types into a file. Types of extensions may be asked for before these are loaded. */
export async function enableLogging(
  connection: DuckDBConnection,
  sqlPath: string,
  types: readonly string[],
): Promise<void> {
  const known = types.filter((type) => CORE_TYPES.has(type)).map(quoteString);
  const options = `level = 'trace', storage = 'file', storage_config = {'path': ${sqlPath}}`;
  await connection.run(`CALL enable_logging([${known.join(', ')}], ${options})`);
  // The call refuses types that it does not know, the setting takes them.
  if (known.length < types.length) await connection.run(`SET enabled_log_types = ${quoteString(types.join(','))}`);
}

const CORE_TYPES: ReadonlySet<string> = new Set(['FileSystem', 'HTTP', 'PhysicalOperator']);

/** Whether the configuration of an instance is locked. */
export async function isLocked(connection: DuckDBConnection): Promise<boolean> {
  const [row] = await runOwn(connection, "SELECT current_setting('lock_configuration')::VARCHAR");
  return row?.[0] === 'true';
}

/** Gives the log back as it was. */
export async function putBack(connection: DuckDBConnection, settings: LogSettings): Promise<void> {
  await connection.run('CALL disable_logging()');
  const { logging_storage, logging_mode, logging_level, enabled_log_types, disabled_log_types } = settings;
  const values = { logging_storage, logging_mode, logging_level, enabled_log_types, disabled_log_types };
  for (const [name, value] of Object.entries(values)) await connection.run(`SET ${name} = ${quoteString(value)}`);
}

/** A disabled log may still have entries of the program; this is assumed if the program has set log types. */
function refusalOf(
  { enable_logging, logging_storage, logging_mode, enabled_log_types }: LogSettings,
  access: string | undefined,
  lock: string | undefined,
): LogRefusal | undefined {
  if (enable_logging === ON || logging_storage !== 'memory') return 'in-use';
  if (logging_mode !== 'LEVEL_ONLY' || enabled_log_types !== '') return 'in-use';
  if (access === 'false') return 'not-permitted';
  return lock === 'true' ? 'locked' : undefined;
}

/** DuckDB takes the level of the types, if it is above the one that it is asked for. */
const LEVELS: ReadonlySet<string> = new Set(['TRACE', 'DEBUG']);

function isAsWeSet(
  { enable_logging, logging_storage, logging_mode, logging_level, enabled_log_types }: LogSettings,
  types: readonly string[],
): boolean {
  const enabled = enabled_log_types.split(',').map((type) => type.trim());
  return (
    enable_logging === ON &&
    logging_storage === 'file' &&
    logging_mode === 'ENABLE_SELECTED' &&
    LEVELS.has(logging_level) &&
    enabled.length === types.length &&
    types.every((type) => enabled.includes(type))
  );
}

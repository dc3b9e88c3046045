import type { DuckDBConnection } from '@duckdb/node-api';

/** All hold for the whole instance. */
const NAMES = [
  'logging_storage',
  'logging_mode',
  'logging_level',
  'enabled_log_types',
  'disabled_log_types',
  'enable_logging',
] as const;

/** As DuckDB writes the setting. */
const ON = '1';
const OFF = '0';

type LogSettings = Readonly<Record<(typeof NAMES)[number], string>>;

const SETTINGS = `SELECT ${NAMES.map((name) => `current_setting('${name}')::VARCHAR`).join(', ')}`;

/** The settings of a log that belongs to the program: what they were before ours, and whether they still are ours. */
export class BorrowedLogSettings {
  readonly #connection: DuckDBConnection;
  readonly #before: LogSettings;

  private constructor(connection: DuckDBConnection, before: LogSettings) {
    this.#connection = connection;
    this.#before = before;
  }

  /** @returns undefined where the program logs, has kept what it logged, or logs to a place of its own */
  static async take(connection: DuckDBConnection): Promise<BorrowedLogSettings | undefined> {
    const before = await read(connection);
    if (before.enable_logging !== OFF || before.logging_storage !== 'memory') return undefined;
    const kept = await connection.runAndReadAll('SELECT 1 FROM duckdb_logs LIMIT 1');
    return kept.currentRowCount > 0 ? undefined : new BorrowedLogSettings(connection, before);
  }

  /** @param isLogging whether we have the log open just now */
  async areOurs(isLogging: boolean): Promise<boolean> {
    const settings = await read(this.#connection);
    return isAsWeSet(settings) && settings.enable_logging === (isLogging ? ON : OFF);
  }

  async putBack(): Promise<void> {
    const { logging_mode, logging_level, enabled_log_types, disabled_log_types } = this.#before;
    await this.#connection.run('SET enable_logging = false');
    const settings = { logging_mode, logging_level, enabled_log_types, disabled_log_types };
    for (const [name, value] of Object.entries(settings)) await this.#connection.run(`SET ${name} = '${value}'`);
  }
}

/** Whether the instance of a connection is set to log its files and nothing else, as we have it do. */
export async function logsAsWeDo(connection: DuckDBConnection): Promise<boolean> {
  return isAsWeSet(await read(connection));
}

function isAsWeSet({ logging_storage, logging_mode, logging_level, enabled_log_types }: LogSettings): boolean {
  return (
    logging_storage === 'memory' &&
    logging_mode === 'ENABLE_SELECTED' &&
    logging_level === 'TRACE' &&
    enabled_log_types === 'FileSystem'
  );
}

async function read(connection: DuckDBConnection): Promise<LogSettings> {
  const [row = []] = (await connection.runAndReadAll(SETTINGS)).getRows();
  return Object.fromEntries(NAMES.map((name, index) => [name, String(row[index])])) as LogSettings;
}

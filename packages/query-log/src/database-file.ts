import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { LogPart, type LogStorage, type RowBatch } from './log-part.ts';
import { appendRows, createTable, withDatabase } from './own-database.ts';
import { makeFolder } from './parquet-folder.ts';
import { pathOf, type QueryLogLimits } from './query-log-options.ts';

const TABLE = /^queries_\d{8}T\d{9}Z_[0-9a-f]{8}$/;
const VIEW = 'queries';
/** How often a file is tried again that another process has open, with twice the pause each time. */
const TRIES = 6;
const PAUSE_MILLIS = 50;

/**
 * A DuckDB file with the log as a view over tables. The oldest table is dropped as a whole, which frees its space; rows
 * that are deleted from a table do not. Several processes may use one file, each in its turn.
 */
export class DatabaseFile implements LogStorage {
  readonly place: string;
  readonly #limits: QueryLogLimits;
  readonly #report: (problem: string) => void;
  #part = new LogPart();

  /**
   * @param report called if old tables cannot be dropped
   * @throws QueryLogError for a file whose folder cannot be used
   */
  constructor(file: string, limits: QueryLogLimits, report: (problem: string) => void) {
    this.place = pathOf('database', file);
    this.#limits = limits;
    this.#report = report;
    makeFolder(dirname(this.place), 'database');
  }

  async write(batch: RowBatch): Promise<void> {
    const last = this.#part;
    let part = last.isEmpty || last.hasRoom(batch.rows.length, this.#limits) ? last : new LogPart();
    await this.#withFile(async (connection) => {
      const tables = await tablesOf(connection);
      if (!part.isEmpty && !tables.includes(tableOf(part))) part = new LogPart();
      const table = tableOf(part);
      await connection.run('BEGIN');
      await createTable(connection, table);
      await appendRows(connection, table, part.valuesOf(batch));
      if (!tables.includes(table)) await createView(connection, [...tables, table]);
      await connection.run('COMMIT');
      part.wrote(batch);
      this.#part = part;
      await this.#tidy(connection).catch((error: Error) =>
        this.#report(`old tables cannot be dropped: ${error.message}`),
      );
    });
  }

  /** Drops the oldest tables while there are too many, or too much of the file is in use. */
  async #tidy(connection: DuckDBConnection): Promise<void> {
    await connection.run('CHECKPOINT');
    for (;;) {
      const [oldest, ...rest] = await tablesOf(connection);
      const isFull = rest.length >= this.#limits.maxFiles || (await usedBytes(connection)) > this.#limits.maxBytes;
      if (!isFull || oldest === undefined || rest.length === 0) return;
      await connection.run('BEGIN');
      await createView(connection, rest);
      await connection.run(`DROP TABLE "${oldest}"`);
      await connection.run('COMMIT');
      await connection.run('CHECKPOINT');
    }
  }

  async #withFile(work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await withDatabase(this.place, work);
      } catch (error) {
        if (attempt === TRIES || !/set lock on file/i.test(String(error))) throw error;
      }
      await pause(PAUSE_MILLIS * 2 ** attempt);
    }
  }
}

function tableOf({ name }: LogPart): string {
  return `queries_${name}`;
}

/** The tables of the log, the oldest first. */
async function tablesOf(connection: DuckDBConnection): Promise<string[]> {
  const reader = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()');
  const names = reader.getRows().map(([name]) => String(name));
  return names.filter((name) => TABLE.test(name)).sort();
}

async function createView(connection: DuckDBConnection, tables: readonly string[]): Promise<void> {
  // By name, because a table of an earlier version has fewer columns.
  const all = tables.map((table) => `FROM "${table}"`).join(' UNION ALL BY NAME ');
  await connection.run(`CREATE OR REPLACE VIEW ${VIEW} AS ${all}`);
}

async function usedBytes(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll(
    'SELECT sum(used_blocks * block_size) FROM pragma_database_size() WHERE database_name = current_database()',
  );
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

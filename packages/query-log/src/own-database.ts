import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { connectOwn } from '@planscope/internal/own-connection';
import type { ColumnValue } from './column.ts';
import { columns } from './columns.ts';
import { driverValue } from './row-values.ts';

/** Little is needed to write some thousand rows, and the cores are the program's. */
const SETTINGS = { threads: '1', memory_limit: '256MB', autoinstall_known_extensions: 'false' };

/** Opens a database for the time of some work. No query on it is traced. */
export async function withDatabase<T>(path: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(path, SETTINGS);
  try {
    const connection = await connectOwn(instance);
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Creates a table with the columns of the log, if there is none with the name. */
export async function createTable(connection: DuckDBConnection, table: string): Promise<void> {
  const list = columns.map(({ name, type }) => `"${name}" ${type}`).join(', ');
  await connection.run(`CREATE TABLE IF NOT EXISTS "${table}" (${list})`);
}

/** Rows that are converted without giving the program a turn. */
const CHUNK_ROWS = 64;

/** Appends rows to a table with the columns of the log. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  rows: readonly (readonly ColumnValue[])[],
): Promise<void> {
  const appender = await connection.createAppender(table);
  try {
    const types = columns.map((_, index) => appender.columnType(index));
    for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
      const part = rows.slice(from, from + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(types, part.length);
      for (const [index, type] of types.entries()) {
        chunk.setColumnValues(
          index,
          part.map((row) => driverValue(row[index] ?? null, type)),
        );
      }
      appender.appendDataChunk(chunk);
      await nextTurn();
    }
  } finally {
    appender.closeSync();
  }
}

/** A text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api';
import { sendOwn } from './permission-watch.ts';

/**
 * Runs a statement of Planscope by the driver's own method, so that a subclass of the connection sees only the statements of the
 * program.
 *
 * @returns the rows
 */
export async function runOwn(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  const result = await sendOwn(() => driverOf(connection).run.call(connection, sql));
  return result.getRows();
}

/** As {@link runOwn}, to prepare one. */
export function prepareOwn(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  return sendOwn(() => driverOf(connection).prepare.call(connection, sql));
}

/** The prototype that all connections of a copy of the driver share. */
export function driverOf(connection: DuckDBConnection): DuckDBConnection {
  let prototype = Object.getPrototypeOf(connection) as object;
  for (let next = prototype; next !== Object.prototype && next !== null; next = Object.getPrototypeOf(next) as object) {
    prototype = next;
  }
  return prototype as DuckDBConnection;
}

import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ExecutionStatus } from '@planscope/plan';
import { isClosed } from './shared-connections.ts';

/** The name of the tracing channel: subscribe to it with `tracingChannel` of `node:diagnostics_channel`. */
export const DUCKDB_QUERY_CHANNEL = 'planscope:duckdb:query';

/** What subscribers of `planscope:duckdb:query` get: one object for each query, the same for all of its events. */
export interface DuckDBQueryMessage {
  /** The text as the program passed it, with its literals. */
  readonly sql: string;
  /** The method of the connection or of the prepared statement. */
  readonly method: QueryMethod;
  /** Number of values that are bound to parameters. */
  readonly values: number;
  /** The driver's connection. Do not run statements on it while the query runs. */
  readonly connection: DuckDBConnection;
  /** DuckDB's number of the connection within its instance; undefined if the connection is closed. */
  readonly connectionId: number | undefined;
  /** Name of the database that the instance was opened with; undefined if it is not known. */
  readonly database: string | undefined;
  /** How the query ended. Set before `asyncStart`, and before `end` if the call threw. */
  status?: ExecutionStatus;
  /** Rows that the program received; undefined if they are not counted. Set with `status`. */
  rows?: number | undefined;
  /** The error of the driver. Set before `error`. */
  error?: unknown;
}

/** The method of the driver that the program called. */
export type QueryMethod = 'run' | 'stream' | 'start' | 'startStream';

/** All copies of this package share it, because Node.js keeps channels by their names. */
export const queryChannel: TracingChannel<unknown, DuckDBQueryMessage> = tracingChannel(DUCKDB_QUERY_CHANNEL);

/** What is known about a query before it is sent. */
export interface QueryCall {
  readonly sql: string;
  readonly method: QueryMethod;
  readonly values: number;
  readonly connection: DuckDBConnection;
  readonly database: string | undefined;
}

export function queryMessage({ sql, method, values, connection, database }: QueryCall): DuckDBQueryMessage {
  return {
    sql,
    method,
    values,
    connection,
    connectionId: isClosed(connection) ? undefined : Number(connection.clientContext.connectionId),
    database,
  };
}

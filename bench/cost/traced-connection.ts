import type { DuckDBConnection } from '@duckdb/node-api';
import { type TraceConnectionOptions, traceConnection, withQueryOptions } from '@planscope/duckdb';

/** How the queries of a way are traced. */
export interface Tracing extends TraceConnectionOptions {
  /** Traces no call. */
  readonly skip?: true;
}

/** A traced connection and a function that calls it with its options. */
export interface TracedConnection {
  readonly connection: DuckDBConnection;
  within<T>(call: () => T): T;
}

/** Traces a connection as a program would. */
export function trace(bare: DuckDBConnection, { skip, ...options }: Tracing): TracedConnection {
  const connection = traceConnection(bare, options);
  return {
    connection,
    within: skip === undefined ? (call) => call() : (call) => withQueryOptions({ skip }, call),
  };
}

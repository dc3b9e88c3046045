import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import * as duckdb from '@planscope/duckdb';
import { type QueryOptions, type TraceConnectionOptions, traceConnection, withQueryOptions } from '@planscope/duckdb';

/** How queries are traced; without a preset as connections are by default. */
export interface Tracing extends TraceConnectionOptions {
  readonly preset?: Exclude<QueryOptions['preset'], undefined>;
  readonly skip?: boolean;
}

/** A connection, and a way to call it under its options. */
export interface TracedConnection {
  readonly connection: DuckDBConnection;
  within<T>(call: () => T): T;
  /** Waits until what is drawn after a query has resolved is drawn. */
  settle(): Promise<void>;
}

const presetIsOption = await takesPreset();

/** Traces a connection as a program would: the preset on the connection where it has that option, else on each call. */
export function trace(bare: DuckDBConnection, { preset, skip, ...options }: Tracing): TracedConnection {
  const ofConnection = presetIsOption && preset !== undefined ? { preset } : {};
  const connection = traceConnection(bare, { ...options, ...ofConnection });
  const ofCall: QueryOptions = {
    ...(skip === undefined ? {} : { skip }),
    ...(presetIsOption || preset === undefined ? {} : { preset }),
  };
  const isPlain = Object.keys(ofCall).length === 0;
  const { flush } = duckdb as { readonly flush?: (connection: DuckDBConnection) => unknown };
  return {
    connection,
    within: isPlain ? (call) => call() : (call) => withQueryOptions(ofCall, call),
    settle: async () => void (await flush?.(connection)),
  };
}

/** Whether an unknown preset is refused, which an option that nobody knows is not. */
async function takesPreset(): Promise<boolean> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const wrong: object = { preset: 'none' };
  try {
    traceConnection(connection, { ...wrong }).closeSync();
    return false;
  } catch {
    connection.closeSync();
    return true;
  } finally {
    instance.closeSync();
  }
}

import type { DuckDBConnection, DuckDBExtractedStatements, DuckDBPendingResult, DuckDBResult } from '@duckdb/node-api';
import { ConnectionTracing } from './connection-tracing.ts';
import type { TraceConnectionOptions } from './trace-options.ts';
import { tracedPendingResult } from './traced-pending-result.ts';
import { tracedMaterializedResult, tracedResult } from './traced-result.ts';
import { tracedStatement } from './traced-statement.ts';

const marker = Symbol.for('planscope.duckdb.traced-connection');

/**
 * A connection that behaves as the one it is made from and traces every query on it: a span each, under the caller's
 * active one. The connection itself stays as it is, and can be used beside the traced one only while that one rests.
 *
 * @param connection closed through the traced one or itself
 */
export function traceConnection(connection: DuckDBConnection, options: TraceConnectionOptions = {}): DuckDBConnection {
  if (marker in connection) return connection;
  const tracing = new ConnectionTracing(connection, options);
  const calls: Partial<DuckDBConnection> = {
    run: (sql, ...rest) => tracing.query(sql, () => connection.run(sql, ...rest), tracedMaterializedResult),
    stream: (sql, ...rest) => tracing.query<DuckDBResult>(sql, () => connection.stream(sql, ...rest), tracedResult),
    start: (sql, ...rest) =>
      tracing.query<DuckDBPendingResult>(sql, () => connection.start(sql, ...rest), tracedPendingResult),
    startStream: (sql, ...rest) =>
      tracing.query<DuckDBPendingResult>(sql, () => connection.startStream(sql, ...rest), tracedPendingResult),
    prepare: async (sql) => tracedStatement(await preparing(tracing, sql, () => connection.prepare(sql)), sql, tracing),
    extractStatements: async (sql) => {
      const extracted = await preparing(tracing, sql, () => connection.extractStatements(sql));
      return tracedStatements(extracted, sql, tracing);
    },
    interrupt: () => {
      tracing.interrupted();
      connection.interrupt();
    },
    disconnectSync: () => {
      tracing.close();
      connection.disconnectSync();
    },
  };
  // The methods built on these call them through `this`, so each call of the program has one span.
  return Object.assign(Object.create(connection) as DuckDBConnection, calls, { [marker]: connection });
}

function tracedStatements(
  extracted: DuckDBExtractedStatements,
  sql: string,
  tracing: ConnectionTracing,
): DuckDBExtractedStatements {
  const calls: Partial<DuckDBExtractedStatements> = {
    prepare: async (index) =>
      tracedStatement(await preparing(tracing, sql, () => extracted.prepare(index)), sql, tracing),
  };
  return Object.assign(Object.create(extracted) as DuckDBExtractedStatements, calls);
}

/** Preparing has a span only where it fails: what is prepared is seen when it is run. */
async function preparing<T>(tracing: ConnectionTracing, sql: string, prepare: () => Promise<T>): Promise<T> {
  try {
    return await prepare();
  } catch (error) {
    tracing.begin(sql)?.failed(error);
    throw error;
  }
}

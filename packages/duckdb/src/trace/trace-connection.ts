import type { DuckDBConnection, DuckDBExtractedStatements, DuckDBPendingResult, DuckDBResult } from '@duckdb/node-api';
import { ConnectionTracing } from './connection-tracing.ts';
import type { TraceConnectionOptions } from './trace-options.ts';
import { tracedPendingResult } from './traced-pending-result.ts';
import { tracedMaterializedResult, tracedResult } from './traced-result.ts';
import { tracedStatement } from './traced-statement.ts';

const marker = Symbol.for('planscope.duckdb.traced-connection');

/** Lets go of the log of the instance for a connection that was collected as garbage. */
const forgotten = new FinalizationRegistry<ConnectionTracing>((tracing) => tracing.forgotten());

/**
 * A connection that behaves as the one it is made from and traces every query on it: a span each, under the caller's
 * active one. The connection itself stays as it is, and can be used beside the traced one only while that one rests.
 *
 * @param connection closed through the traced one or itself
 * @throws DuckDBError `invalid-option`
 */
export function traceConnection(connection: DuckDBConnection, options: TraceConnectionOptions = {}): DuckDBConnection {
  if (marker in connection) return connection;
  const tracing = new ConnectionTracing(connection, options);
  const calls: Partial<DuckDBConnection> = {
    run: (sql, ...rest) => tracing.query(sql, (on) => on.run(sql, ...rest), tracedMaterializedResult),
    stream: (sql, ...rest) => tracing.query<DuckDBResult>(sql, (on) => on.stream(sql, ...rest), tracedResult),
    start: (sql, ...rest) =>
      tracing.query<DuckDBPendingResult>(sql, (on) => on.start(sql, ...rest), tracedPendingResult),
    startStream: (sql, ...rest) =>
      tracing.query<DuckDBPendingResult>(sql, (on) => on.startStream(sql, ...rest), tracedPendingResult),
    prepare: async (sql) => tracedStatement(await tracing.preparing(sql, () => connection.prepare(sql)), sql, tracing),
    extractStatements: async (sql) => {
      const { value } = await tracing.preparing(sql, () => connection.extractStatements(sql));
      return tracedStatements(value, sql, tracing);
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
  const traced = Object.assign(Object.create(connection) as DuckDBConnection, calls, { [marker]: connection });
  forgotten.register(traced, tracing);
  return traced;
}

function tracedStatements(
  extracted: DuckDBExtractedStatements,
  sql: string,
  tracing: ConnectionTracing,
): DuckDBExtractedStatements {
  const calls: Partial<DuckDBExtractedStatements> = {
    prepare: async (index) =>
      tracedStatement(await tracing.preparing(sql, () => extracted.prepare(index)), sql, tracing),
  };
  return Object.assign(Object.create(extracted) as DuckDBExtractedStatements, calls);
}

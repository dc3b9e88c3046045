import type { DuckDBMaterializedResult, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import type { ConnectionTracing } from './connection-tracing.ts';
import { tracedPendingResult } from './traced-pending-result.ts';
import { tracedMaterializedResult, tracedResult } from './traced-result.ts';

/** A prepared statement whose executions are watched, each a query of its own. */
export function tracedStatement(
  statement: DuckDBPreparedStatement,
  sql: string,
  tracing: ConnectionTracing,
): DuckDBPreparedStatement {
  const calls: Partial<DuckDBPreparedStatement> = {
    run: () => tracing.query<DuckDBMaterializedResult>(sql, () => statement.run(), tracedMaterializedResult),
    stream: () => tracing.query<DuckDBResult>(sql, () => statement.stream(), tracedResult),
    start: () => tracing.pending(sql, () => statement.start(), tracedPendingResult),
    startStream: () => tracing.pending(sql, () => statement.startStream(), tracedPendingResult),
  };
  return Object.assign(Object.create(statement) as DuckDBPreparedStatement, calls);
}

import type { DuckDBMaterializedResult, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import type { FileActivity } from '../log/file-activity.ts';
import type { Prepared } from './connection-activity.ts';
import type { ConnectionTracing } from './connection-tracing.ts';
import { tracedPendingResult } from './traced-pending-result.ts';
import { tracedMaterializedResult, tracedResult } from './traced-result.ts';

/** A prepared statement whose executions are watched, each a query of its own; the first has what preparing it read. */
export function tracedStatement(
  { value: statement, activity }: Prepared<DuckDBPreparedStatement>,
  sql: string,
  tracing: ConnectionTracing,
): DuckDBPreparedStatement {
  let untold: readonly FileActivity[] = activity;
  const ofPreparing = (): readonly FileActivity[] => {
    const told = untold;
    untold = [];
    return told;
  };
  const calls: Partial<DuckDBPreparedStatement> = {
    run: () =>
      tracing.query<DuckDBMaterializedResult>(sql, () => statement.run(), tracedMaterializedResult, ofPreparing()),
    stream: () => tracing.query<DuckDBResult>(sql, () => statement.stream(), tracedResult, ofPreparing()),
    start: () => tracing.pending(sql, () => statement.start(), tracedPendingResult),
    startStream: () => tracing.pending(sql, () => statement.startStream(), tracedPendingResult),
  };
  return Object.assign(Object.create(statement) as DuckDBPreparedStatement, calls);
}

import type { DuckDBMaterializedResult, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import type { Attributes } from '@opentelemetry/api';
import type { FileActivity } from '../log/file-activity.ts';
import type { Prepared } from './connection-activity.ts';
import type { ConnectionTracing } from './connection-tracing.ts';
import { tracedPendingResult } from './traced-pending-result.ts';
import { tracedMaterializedResult, tracedResult } from './traced-result.ts';

/**
 * A prepared statement whose executions are watched, each a query of its own; the first has what preparing it read, and
 * each the values that are bound to it then.
 */
export function tracedStatement(
  { value: statement, activity }: Prepared<DuckDBPreparedStatement>,
  sql: string,
  tracing: ConnectionTracing,
): DuckDBPreparedStatement {
  let untold: readonly FileActivity[] = activity;
  let parameters: Attributes = {};
  const execution = () => {
    const ofPreparing = untold;
    untold = [];
    return { ofPreparing, parameters };
  };
  const bindings = tracing.bindings?.statement(statement, (key, text) => {
    parameters = { ...parameters, [key]: text };
  });
  const calls: Partial<DuckDBPreparedStatement> = {
    ...bindings,
    clearBindings: () => {
      statement.clearBindings();
      parameters = {};
    },
    run: () =>
      tracing.query<DuckDBMaterializedResult>(sql, () => statement.run(), tracedMaterializedResult, execution()),
    stream: () => tracing.query<DuckDBResult>(sql, () => statement.stream(), tracedResult, execution()),
    start: () => tracing.pending(sql, () => statement.start(), tracedPendingResult, parameters),
    startStream: () => tracing.pending(sql, () => statement.startStream(), tracedPendingResult, parameters),
  };
  return Object.assign(Object.create(statement) as DuckDBPreparedStatement, calls);
}

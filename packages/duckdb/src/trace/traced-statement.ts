import type {
  DuckDBExtractedStatements,
  DuckDBMaterializedResult,
  DuckDBPendingResult,
  DuckDBPreparedStatement,
  DuckDBResult,
} from '@duckdb/node-api';
import type { Attributes } from '@opentelemetry/api';
import type { Preparer } from '../events/connection-events.ts';
import { splitStatements } from '../sql/split-statements.ts';
import type { ConnectionTracing, PreparedExecution } from './connection-tracing.ts';
import { tracedMaterializedResult, tracedPendingResult, tracedResult } from './traced-result.ts';

/** The statements of a text, each traced by its own text when it is prepared and run. */
export async function tracedExtract(
  sql: string,
  extract: () => Promise<DuckDBExtractedStatements>,
  tracing: ConnectionTracing,
): Promise<DuckDBExtractedStatements> {
  const { value: extracted } = await tracing.preparing(sql, extract);
  const texts = splitStatements(sql);
  // DuckDB makes several statements of one PIVOT; then which part of the text is whose is not known.
  const textOf = (index: number): string => (texts?.length === extracted.count ? (texts[index] ?? sql) : sql);
  const prepare = (index: number): Promise<DuckDBPreparedStatement> =>
    tracedPrepare(textOf(index), () => extracted.prepare(index), tracing);
  return Object.assign(Object.create(extracted) as DuckDBExtractedStatements, { prepare });
}

/** A prepared statement whose executions are watched. */
export async function tracedPrepare(
  sql: string,
  prepare: () => Promise<DuckDBPreparedStatement>,
  tracing: ConnectionTracing,
): Promise<DuckDBPreparedStatement> {
  const { value, prepared } = await tracing.preparing(sql, prepare);
  return tracedStatement(value, sql, tracing, prepared);
}

/**
 * Each execution is a query of its own; the first has what preparing the statement read, and each the values that are bound
 * to it then.
 */
function tracedStatement(
  statement: DuckDBPreparedStatement,
  sql: string,
  tracing: ConnectionTracing,
  prepared: Preparer | undefined,
): DuckDBPreparedStatement {
  let untold = prepared;
  let parameters: Attributes = {};
  const execution = (): PreparedExecution => {
    const ofPreparing = untold;
    untold = undefined;
    return { prepared: ofPreparing, parameters };
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
    start: () => tracing.pending<DuckDBPendingResult>(sql, () => statement.start(), tracedPendingResult, execution()),
    startStream: () =>
      tracing.pending<DuckDBPendingResult>(sql, () => statement.startStream(), tracedPendingResult, execution()),
  };
  return Object.assign(Object.create(statement) as DuckDBPreparedStatement, calls);
}

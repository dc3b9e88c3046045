import type {
  DuckDBDataChunk,
  DuckDBExtractedStatements,
  DuckDBMaterializedResult,
  DuckDBPendingResult,
  DuckDBPendingResultState,
  DuckDBPreparedStatement,
  DuckDBResult,
} from '@duckdb/node-api';
import type { Attributes } from '@opentelemetry/api';
import type { Preparer } from '../events/connection-events.ts';
import { splitStatements } from '../sql/statement-concerns.ts';
import type { ConnectionTracing, PreparedExecution } from './connection-tracing.ts';
import type { TracedQuery } from './traced-query.ts';

/** Ends the span of a stream or a pending result that was collected as garbage. */
const forgotten = new FinalizationRegistry<TracedQuery>((query) => query.abandoned());

/** A result whose fetches are watched; one that is materialised is complete as it is. */
export function tracedResult(result: DuckDBResult, query: TracedQuery): DuckDBResult {
  if (!result.isStreaming) return tracedMaterializedResult(result as DuckDBMaterializedResult, query);
  query.answered(result);
  query.idle();
  const traced = Object.create(result) as DuckDBResult;
  forgotten.register(traced, query, query);
  return Object.assign(traced, {
    fetchChunk: () => fetchWatched(result, query),
    [Symbol.asyncIterator]: () => chunksOf(traced, query),
  });
}

export function tracedMaterializedResult<R extends DuckDBMaterializedResult>(result: R, query: TracedQuery): R {
  query.answered(result);
  query.materialized(result);
  return result;
}

function fetchWatched(result: DuckDBResult, query: TracedQuery): Promise<DuckDBDataChunk | null> {
  return result.fetchChunk().then(
    (chunk) => {
      if (chunk !== null && chunk.rowCount > 0) {
        query.fetched(chunk.rowCount);
      } else {
        forgotten.unregister(query);
        query.drained(result);
      }
      return chunk;
    },
    (error: unknown) => {
      query.failed(error);
      throw error;
    },
  );
}

/** @param traced held on to while it is iterated over, so that it does not pass for forgotten */
async function* chunksOf(traced: DuckDBResult, query: TracedQuery): AsyncGenerator<DuckDBDataChunk, undefined> {
  let isComplete = false;
  try {
    for (;;) {
      const chunk = await traced.fetchChunk();
      isComplete = chunk === null || chunk.rowCount === 0;
      if (chunk === null || isComplete) return;
      yield chunk;
    }
  } finally {
    if (!isComplete) query.abandoned();
  }
}

/** A pending result whose tasks and result are watched. */
export function tracedPendingResult(pending: DuckDBPendingResult, query: TracedQuery): DuckDBPendingResult {
  query.idle();
  const traced = Object.create(pending) as DuckDBPendingResult;
  forgotten.register(traced, query, query);
  return Object.assign(traced, {
    runTask: (): DuckDBPendingResultState => {
      try {
        return pending.runTask();
      } catch (error) {
        query.failed(error);
        throw error;
      }
    },
    getResult: async (): Promise<DuckDBResult> => {
      query.resume();
      let result: DuckDBResult;
      try {
        result = await pending.getResult();
      } catch (error) {
        query.failed(error);
        throw error;
      } finally {
        forgotten.unregister(query);
      }
      return tracedResult(result, query);
    },
  });
}

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

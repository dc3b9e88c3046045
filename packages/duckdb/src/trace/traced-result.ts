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
import type { ConnectionTracing, Execution } from './connection-tracing.ts';
import type { QueryWatcher } from './observed-query.ts';

/** Ends the span of a stream or a pending result that is garbage-collected. */
const forgotten = new FinalizationRegistry<QueryWatcher>((query) => query.abandoned());

/** Traces the fetches of a streaming result. A materialized result is already complete. */
export function tracedResult(result: DuckDBResult, query: QueryWatcher): DuckDBResult {
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

export function tracedMaterializedResult<R extends DuckDBMaterializedResult>(result: R, query: QueryWatcher): R {
  query.answered(result);
  query.materialized(result);
  return result;
}

function fetchWatched(result: DuckDBResult, query: QueryWatcher): Promise<DuckDBDataChunk | null> {
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

/** @param traced kept alive during the iteration, so that the garbage collector does not end its span */
async function* chunksOf(traced: DuckDBResult, query: QueryWatcher): AsyncGenerator<DuckDBDataChunk, undefined> {
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

/** Traces the tasks and the result of a pending result. */
export function tracedPendingResult(pending: DuckDBPendingResult, query: QueryWatcher): DuckDBPendingResult {
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

/** Traces the statements of a text; each has its own text when it is prepared and run. */
export async function tracedExtract(
  sql: string,
  extract: () => Promise<DuckDBExtractedStatements>,
  tracing: ConnectionTracing,
): Promise<DuckDBExtractedStatements> {
  const { value: extracted } = await tracing.preparing(sql, extract);
  const texts = splitStatements(sql);
  // DuckDB splits a PIVOT into several statements; their parts of the text are then unknown.
  const textOf = (index: number): string => (texts?.length === extracted.count ? (texts[index] ?? sql) : sql);
  const prepare = (index: number): Promise<DuckDBPreparedStatement> =>
    tracedPrepare(textOf(index), () => extracted.prepare(index), tracing);
  return Object.assign(Object.create(extracted) as DuckDBExtractedStatements, { prepare });
}

/** Traces the executions of a prepared statement. */
export async function tracedPrepare(
  sql: string,
  prepare: () => Promise<DuckDBPreparedStatement>,
  tracing: ConnectionTracing,
): Promise<DuckDBPreparedStatement> {
  const { value, prepared } = await tracing.preparing(sql, prepare);
  return tracedStatement(value, sql, tracing, prepared);
}

/**
 * Each execution is a separate query with the values that are bound at that time. The first one includes the reads that
 * happened during the preparation.
 */
function tracedStatement(
  statement: DuckDBPreparedStatement,
  sql: string,
  tracing: ConnectionTracing,
  prepared: Preparer | undefined,
): DuckDBPreparedStatement {
  let untold = prepared;
  let parameters: Attributes = {};
  const values = (): number => statement.parameterCount;
  const execution = (method: Execution['method']): Execution => {
    const ofPreparing = untold;
    untold = undefined;
    return { method, values, prepared: ofPreparing, parameters };
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
      tracing.query<DuckDBMaterializedResult>(sql, () => statement.run(), tracedMaterializedResult, execution('run')),
    stream: () => tracing.query<DuckDBResult>(sql, () => statement.stream(), tracedResult, execution('stream')),
    start: () =>
      tracing.pending<DuckDBPendingResult>(sql, () => statement.start(), tracedPendingResult, execution('start')),
    startStream: () =>
      tracing.pending<DuckDBPendingResult>(
        sql,
        () => statement.startStream(),
        tracedPendingResult,
        execution('startStream'),
      ),
  };
  return Object.assign(Object.create(statement) as DuckDBPreparedStatement, calls);
}

import type {
  DuckDBDataChunk,
  DuckDBMaterializedResult,
  DuckDBPendingResult,
  DuckDBPendingResultState,
  DuckDBResult,
} from '@duckdb/node-api';
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

import type { DuckDBDataChunk, DuckDBMaterializedResult, DuckDBResult } from '@duckdb/node-api';
import type { QueryInFlight } from './query-in-flight.ts';

/** Ends the span of a stream that was collected as garbage. */
const forgotten = new FinalizationRegistry<QueryInFlight>((query) => query.abandoned());

/** A result whose fetches are watched; one that is materialised is complete as it is. */
export function tracedResult(result: DuckDBResult, query: QueryInFlight): DuckDBResult | Promise<DuckDBResult> {
  if (!result.isStreaming) return tracedMaterializedResult(result as DuckDBMaterializedResult, query);
  query.streaming();
  const traced = Object.create(result) as DuckDBResult;
  const fetchChunk = (): Promise<DuckDBDataChunk | null> => fetchWatched(result, query);
  forgotten.register(traced, query, query);
  return Object.assign(traced, { fetchChunk, [Symbol.asyncIterator]: () => chunksOf(traced, query) });
}

export function tracedMaterializedResult(
  result: DuckDBMaterializedResult,
  query: QueryInFlight,
): DuckDBMaterializedResult | Promise<DuckDBMaterializedResult> {
  return query.materialized(result.rowCount)?.then(() => result) ?? result;
}

async function fetchWatched(result: DuckDBResult, query: QueryInFlight): Promise<DuckDBDataChunk | null> {
  let chunk: DuckDBDataChunk | null;
  try {
    chunk = await result.fetchChunk();
  } catch (error) {
    await query.failed(error);
    throw error;
  }
  if (chunk !== null && chunk.rowCount > 0) {
    query.fetched(chunk.rowCount);
    return chunk;
  }
  forgotten.unregister(query);
  await query.drained(result);
  return chunk;
}

/** @param traced held on to while it is iterated over, so that it does not pass for forgotten */
async function* chunksOf(traced: DuckDBResult, query: QueryInFlight): AsyncGenerator<DuckDBDataChunk, undefined> {
  let isComplete = false;
  try {
    for (;;) {
      const chunk = await traced.fetchChunk();
      isComplete = chunk === null || chunk.rowCount === 0;
      if (chunk === null || isComplete) return;
      yield chunk;
    }
  } finally {
    if (!isComplete) await query.abandoned();
  }
}

import type { DuckDBPendingResult, DuckDBPendingResultState, DuckDBResult } from '@duckdb/node-api';
import type { QueryInFlight } from './query-in-flight.ts';
import { tracedResult } from './traced-result.ts';

/** A pending result whose tasks and result are watched. */
export function tracedPendingResult(pending: DuckDBPendingResult, query: QueryInFlight): DuckDBPendingResult {
  const calls: Partial<DuckDBPendingResult> = {
    runTask: (): DuckDBPendingResultState => {
      try {
        return pending.runTask();
      } catch (error) {
        query.failed(error);
        throw error;
      }
    },
    getResult: async (): Promise<DuckDBResult> => {
      let result: DuckDBResult;
      try {
        result = await pending.getResult();
      } catch (error) {
        await query.failed(error);
        throw error;
      }
      return tracedResult(result, query);
    },
  };
  return Object.assign(Object.create(pending) as DuckDBPendingResult, calls);
}

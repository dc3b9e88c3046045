import { type RunningList, runningList } from '@planscope/internal/running-list';
import type { RunningQuery } from '@planscope/semconv';
import { ENGINE_NAME } from '../report/create-report.ts';

/** The running queries of all traced connections and sessions. */
export const runningInDuckDB: RunningList = runningList(ENGINE_NAME);

/** The queries of all traced connections and sessions that run now, the oldest first. */
export function runningQueries(): RunningQuery[] {
  return runningInDuckDB.queries();
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { addRunningQueries, type RunningQuery } from '@planscope/semconv';
import { isClosed } from './shared-connections.ts';

/** What is kept of a running query. */
export interface RunningEntry {
  readonly connection: DuckDBConnection;
  /** When it was sent, by `performance.now()`. */
  readonly start: number;
  readonly describe: () => { readonly summary: string; readonly operation: string };
}

// Shared, because one process may load this package twice, as ESM and as CommonJS.
const key = Symbol.for('planscope.duckdb.running-queries.1');
const holder = globalThis as { [key]?: Set<RunningEntry> };
holder[key] ??= new Set();
const running: Set<RunningEntry> = holder[key];
addRunningQueries(key, runningQueries);

/** @returns ends the entry; safe to call twice */
export function addRunning(entry: RunningEntry): () => void {
  running.add(entry);
  return () => running.delete(entry);
}

/** The queries of all traced connections that run now, the oldest first. */
export function runningQueries(): RunningQuery[] {
  const now = performance.now();
  return [...running].map(({ connection, start, describe }) => {
    const { summary, operation } = describe();
    return { summary, operation, seconds: (now - start) / 1000, ...progressOf(connection) };
  });
}

type Progress = Pick<RunningQuery, 'percent' | 'rows' | 'totalRows'>;

/** Reads what DuckDB counted, without a statement. DuckDB counts only with `enable_progress_bar`. */
function progressOf(connection: DuckDBConnection): Progress {
  if (isClosed(connection)) return {};
  const { percentage, rows_processed, total_rows_to_process } = connection.progress;
  if (percentage < 0) return {};
  return { percent: percentage, rows: Number(rows_processed), totalRows: Number(total_rows_to_process) };
}

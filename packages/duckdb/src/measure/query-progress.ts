import type { DuckDBConnection } from '@duckdb/node-api';
import type { RunningQuery } from '@planscope/semconv';

/**
 * Reads what DuckDB counted of the running query, without a statement. DuckDB counts only with `enable_progress_bar`.
 *
 * @param connection must be open: the driver does not check it, and reads freed memory
 */
export function progressOf({ progress }: DuckDBConnection): Pick<RunningQuery, 'percent' | 'rows' | 'totalRows'> {
  const { percentage, rows_processed, total_rows_to_process } = progress;
  if (percentage < 0) return {};
  return { percent: percentage, rows: Number(rows_processed), totalRows: Number(total_rows_to_process) };
}

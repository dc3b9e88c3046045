import { type SqlSummary, summarizeSql as summarize } from '@planscope/redaction';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';

/** Summarizes a statement in the words of DuckDB, without its literals. */
export function summarizeSql(sql: string): SqlSummary {
  return summarize(sql, duckdbDialect);
}

import { sqlIdentifiers } from '@planscope/preview/text';
import type { ProfiledOperator } from '../profile/query-profile.ts';

const SCAN = /SCAN|READ_|TABLE_FUNCTION/;
const MADE_FROM_ROWS = /COLUMN_DATA_SCAN|CHUNK_SCAN|EXPRESSION_SCAN/;
const PLAIN = /^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u;

/**
 * The names that the texts of a report may show: those the query writes, and those of the columns that it reads. Names
 * that DuckDB made are not among them: pivoted values and automatic column names hold data.
 *
 * @param columns of the inputs, where they are known; those that scans read are found without
 */
export function reportIdentifiers(
  sql: string,
  operators: readonly ProfiledOperator[],
  columns: readonly string[] = [],
): string[] {
  const read = [...columns, ...operators.flatMap(scannedColumns)];
  return [...new Set([...sqlIdentifiers(sql), ...read.filter((column) => PLAIN.test(column))])];
}

function scannedColumns({ type, extraInfo, children }: ProfiledOperator): string[] {
  const reads = SCAN.test(type) && !MADE_FROM_ROWS.test(type);
  const columns = reads ? [extraInfo.Projections ?? []].flat() : [];
  return [...columns.map((column) => column.replaceAll('"', '')), ...children.flatMap(scannedColumns)];
}

import { sqlIdentifiers } from '@planscope/redaction';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';

const SCAN = /SCAN|READ_|TABLE_FUNCTION/;
const MADE_FROM_ROWS = /COLUMN_DATA_SCAN|CHUNK_SCAN|EXPRESSION_SCAN/;
/** Names that a statement writes only behind that count as data. */
const MAX_SQL_BYTES = 16_384;
const PLAIN = /^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u;

/** Names that DuckDB gives to schemas, row numbers and the like, whatever the data. */
const OF_DUCKDB = ['file_index', 'file_row_number', 'limit_rownum', 'main', 'memory', 'rowid', 'temp'];

/**
 * The names that the texts of a report may show: those the query writes, those of the tables and columns that it reads, and
 * those that DuckDB always uses. What it makes up otherwise is not among them: pivoted values and automatic column names hold
 * data.
 *
 * @param sql the query, or the names that it writes
 * @param columns of the inputs, where they are known; those that scans read are found without
 */
export function reportIdentifiers(
  sql: string | readonly string[],
  operators: readonly ProfiledOperator[],
  columns: readonly string[] = [],
): string[] {
  const read = [...columns, ...operators.flatMap(scannedColumns)];
  return [
    ...new Set([
      ...OF_DUCKDB,
      ...operators.flatMap(tableNames),
      ...(typeof sql === 'string' ? namesInSql(sql) : sql),
      ...read.filter((column) => PLAIN.test(column)),
    ]),
  ];
}

/** The names that a query itself writes. */
export function namesInSql(sql: string): string[] {
  return sqlIdentifiers(sql, { dialect: duckdbDialect, maxBytes: MAX_SQL_BYTES });
}

const NAME_PART = /"((?:[^"]|"")*)"|[^."]+/g;

/** The parts of the names of tables: their databases, schemas and own names, which a query need not write. */
function tableNames({ extraInfo, children }: ProfiledOperator): string[] {
  const parts = [extraInfo.Table ?? []].flat().flatMap((table) => [...table.matchAll(NAME_PART)]);
  const names = parts.map(([text, quoted]) => quoted ?? text).filter((name) => PLAIN.test(name));
  return [...names, ...children.flatMap(tableNames)];
}

function scannedColumns({ type, extraInfo, children }: ProfiledOperator): string[] {
  const reads = SCAN.test(type) && !MADE_FROM_ROWS.test(type);
  const columns = reads ? [extraInfo.Projections ?? []].flat() : [];
  return [...columns.map((column) => column.replaceAll('"', '')), ...children.flatMap(scannedColumns)];
}

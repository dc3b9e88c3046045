import { sqlIdentifiers } from '@planscope/redaction';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';

const SCAN = /SCAN|READ_|TABLE_FUNCTION/;
const MADE_FROM_ROWS = /COLUMN_DATA_SCAN|CHUNK_SCAN|EXPRESSION_SCAN/;
/** Names that occur only after this many bytes of a statement are treated as data. */
const MAX_SQL_BYTES = 16_384;
const PLAIN = /^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u;

/** Names that DuckDB uses for schemas, row numbers and similar things, independent of the data. */
const OF_DUCKDB = ['file_index', 'file_row_number', 'limit_rownum', 'main', 'memory', 'rowid', 'temp'];

/**
 * The names that the texts of a report may show: the names in the query, the tables and columns that it reads, and the
 * names that DuckDB always uses. Other names that DuckDB generates are not included, because pivoted values and
 * automatic column names contain data.
 *
 * @param sql the query, or the names in its text
 * @param columns columns of the inputs, if they are known; columns of scans are found without them
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

/** The names in the text of a query. */
export function namesInSql(sql: string): string[] {
  return sqlIdentifiers(sql, { dialect: duckdbDialect, maxBytes: MAX_SQL_BYTES });
}

const NAME_PART = /"((?:[^"]|"")*)"|[^."]+/g;

/** The databases, schemas and names of tables; a query does not have to write them all. */
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

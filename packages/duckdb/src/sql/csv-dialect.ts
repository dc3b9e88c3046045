import { type DuckDBConnection, DuckDBListValue, DuckDBStructValue, type DuckDBValue } from '@duckdb/node-api';
import type { ColumnDescription, FileBinding } from './input-binding.ts';
import { type FileOptions, quoteString, renderFileOptions } from './quote.ts';

/** What DuckDB detected in a CSV file. */
export interface CsvDialect {
  /** Delimiter, quote and escape characters. */
  readonly options: FileOptions;
  readonly columns: readonly ColumnDescription[];
}

/** The value of `sniff_csv` for a character that the file does not use. */
const NONE = '(empty)';
/** Matches a path that may be a pattern for several files, or that adds a column by `key=value`. */
const MORE_THAN_A_FILE = /[*?[{=]/;

/**
 * Detects the dialect of a CSV file. DuckDB tries all dialects each time it plans a query over the file, which takes
 * most of the time of a query over a short file. With a given dialect, it only looks for the header and the types.
 *
 * @returns undefined for any other input, for several files, which may differ, and for an input with options
 */
export async function findDialect(connection: DuckDBConnection, input: FileBinding): Promise<CsvDialect | undefined> {
  if (input.format !== 'csv' || Object.keys(input.options ?? {}).length > 0) return undefined;
  const [path, ...more] = input.paths;
  if (path === undefined || more.length > 0 || MORE_THAN_A_FILE.test(path)) return undefined;
  const sql = `SELECT "Delimiter", "Quote", "Escape", "Columns" FROM sniff_csv(${quoteString(path)})`;
  // An error here is ignored: the query that reads the file reports it better.
  const [row = []] = await queryRows(connection, sql).catch(() => []);
  const [delim, quote, escaping] = row.slice(0, 3).map((value) => (value === NONE ? '' : String(value)));
  const columns = columnsOf(row[3]);
  if (delim === undefined || delim === '' || columns.length === 0) return undefined;
  const options = { delim, quote: quote ?? '', escape: escaping ?? '' };
  return (await readsAs(connection, path, options, columns)) ? { options, columns } : undefined;
}

/**
 * Whether DuckDB detects the same columns when the dialect is given. It detects comments, skipped lines and date
 * formats together with the dialect, and may detect others when it is given.
 */
async function readsAs(
  connection: DuckDBConnection,
  path: string,
  options: FileOptions,
  columns: readonly ColumnDescription[],
): Promise<boolean> {
  const told = renderFileOptions(options, ' = ').join(', ');
  const sql = `DESCRIBE FROM read_csv(${quoteString(path)}, ${told})`;
  const described = await queryRows(connection, sql).catch(() => []);
  return (
    described.length === columns.length &&
    described.every(([name, type], index) => name === columns[index]?.name && type === columns[index]?.type)
  );
}

function columnsOf(list: DuckDBValue | undefined): ColumnDescription[] {
  if (!(list instanceof DuckDBListValue)) return [];
  return list.items.flatMap((item) =>
    item instanceof DuckDBStructValue ? [{ name: String(item.entries.name), type: String(item.entries.type) }] : [],
  );
}

/** The rows of a statement with few rows, which are available as soon as it has run. */
export async function queryRows(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  const result = await connection.run(sql);
  return Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index).getRows()).flat();
}

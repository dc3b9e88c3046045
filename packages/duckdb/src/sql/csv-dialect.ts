import { type DuckDBConnection, DuckDBListValue, DuckDBStructValue, type DuckDBValue } from '@duckdb/node-api';
import type { ColumnDescription, FileBinding } from './input-binding.ts';
import { type FileOptions, quoteString, renderFileOptions } from './quote.ts';

/** What DuckDB found out about a CSV file. */
export interface CsvDialect {
  /** What separates and quotes its values. */
  readonly options: FileOptions;
  readonly columns: readonly ColumnDescription[];
}

/** How `sniff_csv` writes that there is no such character. */
const NONE = '(empty)';
/** A pattern matches more than one file, and `key=value` in a path is a column. */
const MORE_THAN_A_FILE = /[*?[{=]/;

/**
 * The dialect of a CSV file, which takes most of the time of a query over a short one: DuckDB tries all there are on it
 * whenever it plans such a query. Told the one it would choose, it only looks for header and types.
 *
 * Undefined for any other input: of several files each may have another, and options may say anything.
 */
export async function findDialect(connection: DuckDBConnection, input: FileBinding): Promise<CsvDialect | undefined> {
  if (input.format !== 'csv' || Object.keys(input.options ?? {}).length > 0) return undefined;
  const [path, ...more] = input.paths;
  if (path === undefined || more.length > 0 || MORE_THAN_A_FILE.test(path)) return undefined;
  const sql = `SELECT "Delimiter", "Quote", "Escape", "Columns" FROM sniff_csv(${quoteString(path)})`;
  // Reading the file says better what is wrong with it.
  const [row = []] = await queryRows(connection, sql).catch(() => []);
  const [delim, quote, escaping] = row.slice(0, 3).map((value) => (value === NONE ? '' : String(value)));
  const columns = columnsOf(row[3]);
  if (delim === undefined || delim === '' || columns.length === 0) return undefined;
  const options = { delim, quote: quote ?? '', escape: escaping ?? '' };
  return (await readsAs(connection, path, options, columns)) ? { options, columns } : undefined;
}

/**
 * Whether DuckDB, told the dialect, finds the same columns. It chooses comments, lines to skip and formats of dates together with
 * the dialect, and may choose others without that choice.
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

/** The rows of a statement that gives few: they are here with its result, so none is waited for. */
export async function queryRows(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  const result = await connection.run(sql);
  return Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index).getRows()).flat();
}

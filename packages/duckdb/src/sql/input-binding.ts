import { DuckDBError } from '../duckdb-error.ts';
import { type FileOptions, quoteIdentifier, quoteString, renderFileOptions } from './quote.ts';

/** The formats DuckDB reads and writes without an extension. */
export type FileFormat = 'parquet' | 'csv' | 'json';

/** Every format of files that are read and written. */
export const FILE_FORMATS: readonly FileFormat[] = ['parquet', 'csv', 'json'];

/** A relation made of local files. */
export interface FileBinding {
  /** Name the SQL refers to it by. */
  readonly name: string;
  readonly format: FileFormat;
  /** Files on the local file system, at least one; together they are the relation. */
  readonly paths: readonly string[];
  /** Named parameters of the reading function. */
  readonly options?: FileOptions;
  /** Conditions in SQL that each of its rows meets; default none. */
  readonly filters?: readonly string[];
}

/** A relation of which only the columns are known yet; it has no rows. */
export interface ColumnsBinding {
  readonly name: string;
  readonly columns: readonly ColumnDescription[];
}

/** One column as DuckDB names its type. */
export interface ColumnDescription {
  readonly name: string;
  /** SQL type, for example `DECIMAL(18,3)`. */
  readonly type: string;
}

/** What a name in the SQL stands for: files, or columns alone where a query is only described. */
export type InputBinding = FileBinding | ColumnsBinding;

/**
 * The statement that makes a binding a view of one connection.
 *
 * @throws DuckDBError `empty-input` for no file or no column, `invalid-option` for an unknown format
 */
export function createViewStatement(binding: InputBinding): string {
  return `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(binding.name)} AS ${bindingQuery(binding)}`;
}

/**
 * A binding as a subquery; undefined where the place that it is put in could give it another meaning.
 *
 * @param parameter of the statement that stands for the list of files; default the list itself
 * @throws DuckDBError as {@link createViewStatement}
 */
export function inputSubquery(binding: InputBinding, parameter?: string): string | undefined {
  if ('columns' in binding) return `(${emptyRelation(binding)})`;
  // A condition may name what only the query around it has.
  if ((binding.filters ?? []).length > 0) return undefined;
  return `(${readFiles(binding, parameter)})`;
}

function bindingQuery(binding: InputBinding): string {
  return 'columns' in binding ? emptyRelation(binding) : readFiles(binding);
}

function readFiles({ name, format, paths, options = {}, filters = [] }: FileBinding, parameter?: string): string {
  if (!FILE_FORMATS.includes(format)) {
    throw new DuckDBError(
      'invalid-option',
      `input "${name}": format ${JSON.stringify(format)} is unknown; use one of ${FILE_FORMATS.join(', ')}`,
    );
  }
  if (paths.length === 0) throw new DuckDBError('empty-input', `input "${name}" has no file; it needs at least one`);
  const list = parameter ?? `[${paths.map(quoteString).join(', ')}]`;
  // A closing parenthesis goes on its own line, as a condition may end in a line comment.
  const where = filters.length === 0 ? '' : ` WHERE ${filters.map((filter) => `(${filter}\n)`).join(' AND ')}`;
  return `FROM read_${format}(${[list, ...renderFileOptions(options, ' = ')].join(', ')})${where}`;
}

function emptyRelation({ name, columns }: ColumnsBinding): string {
  if (columns.length === 0)
    throw new DuckDBError('empty-input', `input "${name}" has no column; it needs at least one`);
  const list = columns.map((column) => `NULL::${column.type} AS ${quoteIdentifier(column.name)}`);
  return `SELECT ${list.join(', ')} WHERE false`;
}

import { DuckDBError } from '../duckdb-error.ts';
import { type FileOptions, quoteIdentifier, quoteString, renderFileOptions } from './quote.ts';

/** The formats DuckDB reads and writes without an extension. */
export type FileFormat = 'parquet' | 'csv' | 'json';

/** All file formats. */
export const FILE_FORMATS: readonly FileFormat[] = ['parquet', 'csv', 'json'];

/** A relation that consists of local files. */
export interface FileBinding {
  /** Name of the relation in the SQL. */
  readonly name: string;
  readonly format: FileFormat;
  /** Files on the local file system, at least one. The relation is their union. */
  readonly paths: readonly string[];
  /** Named parameters of the reading function. */
  readonly options?: FileOptions;
  /** SQL conditions; the relation has only the rows that meet all of them. Default: none. */
  readonly filters?: readonly string[];
}

/** A relation without rows, for which only the columns are known. */
export interface ColumnsBinding {
  readonly name: string;
  readonly columns: readonly ColumnDescription[];
}

/** A column and the name of its type. */
export interface ColumnDescription {
  readonly name: string;
  /** SQL type, for example `DECIMAL(18,3)`. */
  readonly type: string;
}

/** What a name in the SQL refers to: files, or only columns if the query is described and not run. */
export type InputBinding = FileBinding | ColumnsBinding;

/**
 * The statement that creates a temporary view for a binding.
 *
 * @throws DuckDBError `empty-input` for no file or no column, `invalid-option` for an unknown format
 */
export function createViewStatement(binding: InputBinding): string {
  return `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(binding.name)} AS ${bindingQuery(binding)}`;
}

/**
 * A binding as a subquery; undefined if the surrounding query could change its meaning.
 *
 * @param parameter replaces the list of files in the text; default: the list itself
 * @throws DuckDBError like {@link createViewStatement}
 */
export function inputSubquery(binding: InputBinding, parameter?: string): string | undefined {
  if ('columns' in binding) return `(${emptyRelation(binding)})`;
  // A name in a condition could then refer to the surrounding query.
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
  // The closing parenthesis is on its own line because a condition may end with a line comment.
  const where = filters.length === 0 ? '' : ` WHERE ${filters.map((filter) => `(${filter}\n)`).join(' AND ')}`;
  return `FROM read_${format}(${[list, ...renderFileOptions(options, ' = ')].join(', ')})${where}`;
}

function emptyRelation({ name, columns }: ColumnsBinding): string {
  if (columns.length === 0)
    throw new DuckDBError('empty-input', `input "${name}" has no column; it needs at least one`);
  const list = columns.map((column) => `NULL::${column.type} AS ${quoteIdentifier(column.name)}`);
  return `SELECT ${list.join(', ')} WHERE false`;
}

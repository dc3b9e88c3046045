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
  /**
   * The columns of the relation in their order, cast to these types. A column that no file has is null, and there may be
   * no file at all. Default: the columns of the files.
   */
  readonly projection?: readonly ProjectedColumn[];
  /**
   * With a projection of Parquet files: a CSV file without a header, each line of which is a row that the relation does
   * not have: position of the file in `paths`, and of the row in the file, both from 0. Default: none.
   */
  readonly deletedRows?: string;
  /** SQL conditions; the relation has only the rows that meet all of them. Default: none. */
  readonly filters?: readonly string[];
}

/** A column of a relation, which is read from a column of its files. */
export interface ProjectedColumn extends ColumnDescription {
  /** The column of the files, which another column may read, too. Default: one of the same name and type. */
  readonly source?: StoredColumn;
  /** SQL of its value over the column of the files. Default: that column itself. */
  readonly value?: string;
}

/** A column of the files of a relation. */
export interface StoredColumn extends ColumnDescription {
  /**
   * `field_id` in the schema of Parquet files, which finds the column whatever its name in the files is. Either all
   * columns of the files have one, or none.
   */
  readonly fieldId?: number;
}

/** A column that all files of a projection have: the position of the file in `paths`, from 0. */
export const FILE_NUMBER: StoredColumn = { name: 'planscope_file', type: 'BIGINT' };

/** A table that an extension of DuckDB reads, at one version if that is given. */
export type LakeTable = DeltaTable | IcebergTable | DuckLakeTable;

/** A Delta table, which the extension `delta` reads. */
export interface DeltaTable {
  readonly format: 'delta';
  /** Folder or URL of the table. */
  readonly location: string;
  /** Default: the latest. */
  readonly version?: number;
}

/** An Iceberg table, which the extension `iceberg` reads. */
export interface IcebergTable {
  readonly format: 'iceberg';
  /** Path or URL of a metadata file. */
  readonly location: string;
  /** Id of a snapshot, which may be larger than a number. Default: the current one of the metadata. */
  readonly snapshot?: string;
}

/** A table of a DuckLake that is attached to the session. */
export interface DuckLakeTable {
  readonly format: 'ducklake';
  /** Name under which the catalogue is attached. */
  readonly catalogue: string;
  readonly schema: string;
  readonly table: string;
  /** Id of a snapshot. Default: the current one. */
  readonly version?: number;
}

/** A relation that is a table of a lake. */
export interface LakeTableBinding {
  /** Name of the relation in the SQL. */
  readonly name: string;
  readonly table: LakeTable;
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

/** What a name in the SQL refers to: files, a table, or only columns if the query is described and not run. */
export type InputBinding = FileBinding | LakeTableBinding | ColumnsBinding;

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
  return `(${'table' in binding ? readTable(binding) : readFiles(binding, parameter)})`;
}

function bindingQuery(binding: InputBinding): string {
  if ('columns' in binding) return emptyRelation(binding);
  return 'table' in binding ? readTable(binding) : readFiles(binding);
}

function readTable({ table, filters = [] }: LakeTableBinding): string {
  return `FROM ${tableSource(table)}${conditions(filters)}`;
}

function tableSource(table: LakeTable): string {
  switch (table.format) {
    case 'delta': {
      const version = table.version === undefined ? '' : `, version = ${table.version}`;
      return `delta_scan(${quoteString(table.location)}${version})`;
    }
    case 'iceberg': {
      const snapshot = table.snapshot === undefined ? '' : `, snapshot_from_id = ${BigInt(table.snapshot)}`;
      return `iceberg_scan(${quoteString(table.location)}${snapshot})`;
    }
    case 'ducklake': {
      const name = qualifiedName(table);
      return table.version === undefined ? name : `${name} AT (VERSION => ${table.version})`;
    }
  }
}

/** The name of a table of an attached catalogue, quoted. */
export function qualifiedName({ catalogue, schema, table }: Omit<DuckLakeTable, 'format'>): string {
  return [catalogue, schema, table].map(quoteIdentifier).join('.');
}

function conditions(filters: readonly string[]): string {
  // The closing parenthesis is on its own line because a condition may end with a line comment.
  return filters.length === 0 ? '' : ` WHERE ${filters.map((filter) => `(${filter}\n)`).join(' AND ')}`;
}

function readFiles(binding: FileBinding, parameter?: string): string {
  const { name, format, paths, options = {}, filters = [], projection } = binding;
  if (!FILE_FORMATS.includes(format)) {
    throw new DuckDBError(
      'invalid-option',
      `input "${name}": format ${JSON.stringify(format)} is unknown; use one of ${FILE_FORMATS.join(', ')}`,
    );
  }
  if (paths.length === 0 && projection !== undefined) {
    return `FROM (${emptyRelation({ name, columns: projection })})${conditions(filters)}`;
  }
  if (paths.length === 0) throw new DuckDBError('empty-input', `input "${name}" has no file; it needs at least one`);
  const list = parameter ?? `[${paths.map(quoteString).join(', ')}]`;
  const fields = projection === undefined ? [] : fieldIds(projection);
  const files = `read_${format}(${[list, ...fields, ...renderFileOptions(options, ' = ')].join(', ')})`;
  const query = projection === undefined ? files : `(${projected(files, projection, binding.deletedRows)})`;
  return `FROM ${query}${conditions(filters)}`;
}

/** Adds a branch without rows that has all columns, so that it does not matter which of them the files have. */
function projected(files: string, columns: readonly ProjectedColumn[], deletedRows: string | undefined): string {
  const list = columns.map(({ name, type, source, value = quoteIdentifier(source?.name ?? name) }) => {
    return `CAST(${value} AS ${type}) AS ${quoteIdentifier(name)}`;
  });
  const stored = storedColumns(columns);
  const hasNumber = stored.some(({ name }) => name === FILE_NUMBER.name);
  const all = hasNumber ? `files.*, files.file_index::${FILE_NUMBER.type} AS ${FILE_NUMBER.name}` : 'files.*';
  const rows = `SELECT ${all} FROM ${files} AS files${deletedRows === undefined ? '' : without(deletedRows)}`;
  return `SELECT ${list.join(', ')} FROM (${rows} UNION ALL BY NAME ${emptyRelation({ name: '', columns: stored })})`;
}

/** The columns of the files that a projection reads, each once. */
function storedColumns(columns: readonly ProjectedColumn[]): StoredColumn[] {
  const stored = columns.map(({ name, type, source = { name, type } }) => [source.name.toLowerCase(), source] as const);
  return [...new Map(stored).values()];
}

function without(deletedRows: string): string {
  const columns = "{'file': 'UBIGINT', 'row': 'BIGINT'}";
  const read = `read_csv(${quoteString(deletedRows)}, columns = ${columns}, header = false, auto_detect = false)`;
  return ` ANTI JOIN ${read} AS deleted ON files.file_index = deleted.file AND files.file_row_number = deleted.row`;
}

/** The argument of the reading function that finds columns by their ids. */
function fieldIds(columns: readonly ProjectedColumn[]): string[] {
  const entries = storedColumns(columns).flatMap(({ name, type, fieldId }) =>
    fieldId === undefined
      ? []
      : `${fieldId}: {name: ${quoteString(name)}, type: ${quoteString(type)}, default_value: NULL}`,
  );
  return entries.length === 0 ? [] : [`schema = MAP {${entries.join(', ')}}`];
}

function emptyRelation({ name, columns }: ColumnsBinding): string {
  if (columns.length === 0)
    throw new DuckDBError('empty-input', `input "${name}" has no column; it needs at least one`);
  const list = columns.map((column) => `NULL::${column.type} AS ${quoteIdentifier(column.name)}`);
  return `SELECT ${list.join(', ')} WHERE false`;
}

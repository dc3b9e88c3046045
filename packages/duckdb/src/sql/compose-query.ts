import { sqlTokens } from '@planscope/redaction';
import type { FileFormat } from './input-binding.ts';
import { type FileOptions, quoteIdentifier, quoteString, renderFileOptions } from './quote.ts';
import type { TableReference } from './table-references.ts';

/** A query that other queries refer to by name. */
export interface View {
  readonly name: string;
  readonly sql: string;
  /** The relations that its text names, from `tableReferences`. Without them, inputs become views of the connection. */
  readonly references?: readonly TableReference[];
}

/** Matches what is removed from the end of a statement. */
const TERMINATOR = /[\s;]/;

/**
 * Combines a query and its views into one statement. The views become common table expressions.
 *
 * @param views in order: a view refers only to earlier views
 */
export function composeQuery(sql: string, views: readonly View[]): string {
  const body = withoutTerminator(sql);
  if (views.length === 0) return body;
  // The closing parenthesis is on its own line because a query may end with a line comment.
  const expressions = views
    .map((view) => `${quoteIdentifier(view.name)} AS (\n${withoutTerminator(view.sql)}\n)`)
    .join(',\n');
  // DuckDB's parser does not accept WITH before WITH, so the expressions of the query follow the views in one list.
  const own = ownExpressions(body);
  if (own === undefined) return `WITH ${expressions}\n${body}`;
  return `WITH ${own.isRecursive ? 'RECURSIVE ' : ''}${expressions},\n${body.slice(own.start).trimStart()}`;
}

/** Where the common table expressions of a query begin; undefined if it has none. */
function ownExpressions(sql: string): { readonly start: number; readonly isRecursive: boolean } | undefined {
  const tokens = sqlTokens(sql, { maxCharacters: sql.length });
  const first = tokens.next().value;
  if (first?.text.toUpperCase() !== 'WITH') return undefined;
  const second = tokens.next().value;
  const isRecursive = second?.text.toUpperCase() === 'RECURSIVE';
  const last = isRecursive ? second : first;
  return { start: last.start + last.text.length, isRecursive };
}

function withoutTerminator(sql: string): string {
  let end = sql.length;
  while (end > 0 && TERMINATOR.test(sql.charAt(end - 1))) end -= 1;
  return sql.slice(0, end);
}

/** Where and how COPY writes. */
export interface CopyTarget {
  readonly path: string;
  readonly format: FileFormat;
  /** Options of COPY, for example `{ compression: 'zstd' }`. */
  readonly options?: FileOptions;
  /** Columns whose values select the file of a row. Default: all rows are written to one file. */
  readonly partitionBy?: readonly string[];
}

/** The COPY statement that writes the rows of a query. */
export function copyStatement(query: string, { path, format, options = {}, partitionBy = [] }: CopyTarget): string {
  const columns = partitionBy.map(quoteIdentifier).join(', ');
  const partitions = columns === '' ? [] : [`PARTITION_BY (${columns})`];
  const settings = [`FORMAT ${format}`, ...partitions, ...renderFileOptions(options, ' ')];
  return `COPY (\n${query}\n) TO ${quoteString(path)} (${settings.join(', ')})`;
}

/** The statement that writes the rows of a query into a table of an attached catalogue. */
export function tableStatement(query: string, table: string, mode: 'append' | 'create' | 'overwrite'): string {
  if (mode === 'append') return `INSERT INTO ${table} BY NAME\n${query}`;
  return `CREATE ${mode === 'overwrite' ? 'OR REPLACE ' : ''}TABLE ${table} AS\n${query}`;
}

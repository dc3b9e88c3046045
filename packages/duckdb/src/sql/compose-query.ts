import { sqlTokens } from '@planscope/redaction';
import type { FileFormat } from './input-binding.ts';
import { type FileOptions, quoteIdentifier, quoteString, renderFileOptions } from './quote.ts';
import type { TableReference } from './table-references.ts';

/** A query that others refer to by name. */
export interface View {
  readonly name: string;
  readonly sql: string;
  /** The relations that its text names, as `tableReferences` gives them; without them an input is a view of the connection. */
  readonly references?: readonly TableReference[];
}

/** White space is left out with the semicolons that end a statement. */
const TERMINATOR = /[\s;]/;

/**
 * One statement of a query and the views it refers to, which become its common table expressions.
 *
 * @param views in an order where each comes after those it refers to
 */
export function composeQuery(sql: string, views: readonly View[]): string {
  const body = withoutTerminator(sql);
  if (views.length === 0) return body;
  // A closing parenthesis goes on its own line, as a query may end in a line comment.
  const expressions = views
    .map((view) => `${quoteIdentifier(view.name)} AS (\n${withoutTerminator(view.sql)}\n)`)
    .join(',\n');
  // DuckDB's parser has no WITH around a WITH, so the query's own expressions join the views.
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

/**
 * The statement that writes a query's rows into one file.
 *
 * @param options of COPY, for example `{ compression: 'zstd' }`
 */
export function copyStatement(query: string, path: string, format: FileFormat, options: FileOptions = {}): string {
  const settings = [`FORMAT ${format}`, ...renderFileOptions(options, ' ')];
  return `COPY (\n${query}\n) TO ${quoteString(path)} (${settings.join(', ')})`;
}

import { sqlTokens } from '@planscope/redaction';
import { quoteIdentifier } from './quote.ts';
import type { TableReference } from './table-references.ts';

/** A query that others refer to by name. */
export interface View {
  readonly name: string;
  readonly sql: string;
  /** The relations that its text names, as `tableReferences` gives them; without them an input is a view of the connection. */
  readonly references?: readonly TableReference[];
  /** Whether it is computed once for all who refer to it; default: DuckDB decides. */
  readonly materialized?: boolean;
  /** The columns that it has, at least one; default all of its query. */
  readonly projection?: readonly string[];
  /** Most rows that it has; default all of its query. */
  readonly limit?: number;
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
    .map((view) => `${quoteIdentifier(view.name)} AS ${materialization(view)}(\n${viewQuery(view)}\n)`)
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

function viewQuery({ sql, projection, limit }: View): string {
  const query = withoutTerminator(sql);
  if (projection === undefined && limit === undefined) return query;
  const columns = projection?.map(quoteIdentifier).join(', ') ?? '*';
  return `SELECT ${columns} FROM (\n${query}\n)${limit === undefined ? '' : ` LIMIT ${limit}`}`;
}

function materialization({ materialized }: View): string {
  if (materialized === undefined) return '';
  return materialized ? 'MATERIALIZED ' : 'NOT MATERIALIZED ';
}

function withoutTerminator(sql: string): string {
  let end = sql.length;
  while (end > 0 && TERMINATOR.test(sql.charAt(end - 1))) end -= 1;
  return sql.slice(0, end);
}

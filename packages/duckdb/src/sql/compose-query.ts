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

const COMMENT_OR_SPACE = String.raw`(?:\s|--[^\n]*\n|/\*[^]*?\*/)`;
const LEADING_WITH = new RegExp(`^${COMMENT_OR_SPACE}*WITH\\b(${COMMENT_OR_SPACE}+RECURSIVE\\b)?`, 'i');

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
  const own = LEADING_WITH.exec(body);
  if (own === null) return `WITH ${expressions}\n${body}`;
  // DuckDB's parser has no WITH around a WITH, so the query's own expressions join the views.
  const recursive = own[1] === undefined ? '' : 'RECURSIVE ';
  return `WITH ${recursive}${expressions},\n${body.slice(own[0].length).trimStart()}`;
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
  return sql.replace(/(?:\s|;)+$/, '');
}

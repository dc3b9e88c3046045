import { composeQuery, type View } from './compose-query.ts';
import { createViewStatement, type InputBinding, inputSubquery } from './input-binding.ts';
import type { TableReference } from './table-references.ts';

/** A query that refers to inputs and views by name. */
export interface QueryOverInputs {
  readonly sql: string;
  /** The relations that its text names; known anyway of `FROM "a"`. */
  readonly references?: readonly TableReference[] | undefined;
  /** In an order where each comes after those it refers to. */
  readonly views?: readonly View[];
  readonly inputs?: readonly InputBinding[];
}

/** A query with its inputs, ready for a connection. */
export interface BoundQuery {
  /** To be run before it, on the same connection. */
  readonly setup: readonly string[];
  readonly text: string;
}

/**
 * A query with its inputs.
 *
 * They take the place of their names in the text, so that DuckDB looks at the files of each when it plans the query, and not
 * before. Where that may not be they become views of the connection, which DuckDB binds when they are made and again at
 * every reference.
 *
 * @throws DuckDBError as `createViewStatement`
 */
export function bindQuery({ sql, references, views = [], inputs = [] }: QueryOverInputs): BoundQuery {
  const subqueries = inputSubqueries(inputs);
  const [body, ...placed] = [{ sql, references }, ...views].map((text) => place(text, inputs, subqueries));
  const over = views.flatMap((view, index) => {
    const text = placed[index];
    return text === undefined ? [] : [{ ...view, sql: text }];
  });
  if (body !== undefined && over.length === views.length) return { setup: [], text: composeQuery(body, over) };
  return { setup: inputs.map(createViewStatement), text: composeQuery(sql, views) };
}

interface TextWithReferences {
  readonly sql: string;
  readonly references?: readonly TableReference[] | undefined;
}

/** By name of the input, lower case; undefined where one of them has to be a view. */
function inputSubqueries(inputs: readonly InputBinding[]): ReadonlyMap<string, string> | undefined {
  const subqueries = new Map<string, string>();
  for (const input of inputs) {
    const subquery = inputSubquery(input);
    if (subquery === undefined) return undefined;
    subqueries.set(input.name.toLowerCase(), subquery);
  }
  return subqueries;
}

/** A text with the inputs at the places where it names them; undefined where they cannot all be there. */
function place(
  { sql, references }: TextWithReferences,
  inputs: readonly InputBinding[],
  subqueries: ReadonlyMap<string, string> | undefined,
): string | undefined {
  if (inputs.length === 0) return sql;
  const known = references ?? onlyReference(sql);
  if (known === undefined || subqueries === undefined) return undefined;
  const replacements = known.flatMap(({ name, places }) => {
    const subquery = subqueries.get(name.toLowerCase());
    if (subquery === undefined) return [];
    return places?.map((at) => ({ ...at, subquery })) ?? [undefined];
  });
  if (!replacements.every((replacement) => replacement !== undefined)) return undefined;
  // From the end on, so that what is still to be replaced stays where it is.
  return replacements
    .sort((one, other) => other.start - one.start)
    .reduce((text, { start, end, isAliased, subquery }) => {
      const name = isAliased ? '' : ` AS ${text.slice(start, end)}`;
      return `${text.slice(0, start)}${subquery}${name}${text.slice(end)}`;
    }, sql);
}

/** What a query of one relation refers to, which is plain from its text. */
function onlyReference(sql: string): TableReference[] | undefined {
  const [, name] = /^FROM "((?:[^"]|"")*)"$/.exec(sql) ?? [];
  if (name === undefined) return undefined;
  const places = [{ start: 'FROM '.length, end: sql.length, isAliased: false }];
  return [{ name: name.replaceAll('""', '"'), places }];
}

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
  /**
   * The same to be prepared: DuckDB plans a statement over files again when it is executed, and puts the first time off where
   * it does not know the files yet.
   */
  readonly prepared?: PreparedText;
}

/** A text with parameters. */
interface PreparedText {
  readonly text: string;
  /** The files by name of the parameter. */
  readonly files: Readonly<Record<string, readonly string[]>>;
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
export function bindQuery(query: QueryOverInputs): BoundQuery {
  const { sql, views = [], inputs = [] } = query;
  const text = placeInputs(query, (input) => inputSubquery(input));
  if (text === undefined) return { setup: inputs.map(createViewStatement), text: composeQuery(sql, views) };
  return { setup: [], text, ...preparedText(query) };
}

/** DuckDB refuses named parameters beside others, so a query that has some of its own fails as it did. */
function preparedText(query: QueryOverInputs): Pick<BoundQuery, 'prepared'> {
  const parameters = new Map(query.inputs?.map((input, index) => [input, `planscope_input_${index}`]));
  const text = placeInputs(query, (input) => inputSubquery(input, `$${parameters.get(input)}`));
  if (text === undefined) return {};
  const files = [...parameters].flatMap(([input, name]) =>
    'paths' in input && new RegExp(String.raw`\$${name}\b`).test(text) ? [[name, input.paths] as const] : [],
  );
  return files.length === 0 ? {} : { prepared: { text, files: Object.fromEntries(files) } };
}

/** The query with each input in its places; undefined where they cannot all be there. */
function placeInputs(
  { sql, references, views = [], inputs = [] }: QueryOverInputs,
  subqueryOf: (input: InputBinding) => string | undefined,
): string | undefined {
  const subqueries = new Map<string, string>();
  for (const input of inputs) {
    const subquery = subqueryOf(input);
    if (subquery === undefined) return undefined;
    subqueries.set(input.name.toLowerCase(), subquery);
  }
  const [body, ...placed] = [{ sql, references }, ...views].map((text) => place(text, subqueries));
  const over = views.flatMap((view, index) => {
    const text = placed[index];
    return text === undefined ? [] : [{ ...view, sql: text }];
  });
  return body === undefined || over.length < views.length ? undefined : composeQuery(body, over);
}

interface TextWithReferences {
  readonly sql: string;
  readonly references?: readonly TableReference[] | undefined;
}

/** A text with the inputs at the places where it names them; undefined where they cannot all be there. */
function place({ sql, references }: TextWithReferences, subqueries: ReadonlyMap<string, string>): string | undefined {
  if (subqueries.size === 0) return sql;
  const known = references ?? onlyReference(sql);
  if (known === undefined) return undefined;
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

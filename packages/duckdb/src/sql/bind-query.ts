import { composeQuery, type View } from './compose-query.ts';
import { createViewStatement, type InputBinding, inputSubquery } from './input-binding.ts';
import type { BoundParameter } from './query-parameters.ts';
import type { TableReference } from './table-references.ts';

/** A query that refers to inputs and views by name. */
export interface QueryOverInputs {
  readonly sql: string;
  /** The relations that its text names. They can be omitted for `FROM "a"`. */
  readonly references?: readonly TableReference[] | undefined;
  /** In order: a view refers only to earlier views. */
  readonly views?: readonly View[];
  readonly inputs?: readonly InputBinding[];
  /** Values for the parameters `$name` of its text and its views. Default: none. */
  readonly parameters?: readonly BoundParameter[] | undefined;
}

/** A query with its inputs, ready for a connection. */
export interface BoundQuery {
  /** Statements to run before the query, on the same connection. */
  readonly setup: readonly string[];
  readonly text: string;
  /**
   * The text to prepare. DuckDB plans a prepared statement over files a second time when it executes it. With the files
   * as parameters, it skips the first planning.
   */
  readonly prepared?: PreparedText;
  /** Values for the parameters of the text; the query may have fewer. */
  readonly parameters: readonly BoundParameter[];
}

/** SQL with parameters. */
interface PreparedText {
  readonly text: string;
  /** Parameter names and the files for each. */
  readonly files: Readonly<Record<string, readonly string[]>>;
}

/**
 * Binds a query to its inputs.
 *
 * Subqueries replace the names of the inputs in the text, so DuckDB opens the files only when it plans the query. Where
 * a subquery is not possible, the inputs become views of the connection, which DuckDB binds on creation and again for
 * every reference.
 *
 * @throws DuckDBError like `createViewStatement`
 */
export function bindQuery(query: QueryOverInputs): BoundQuery {
  const { sql, views = [], inputs = [], parameters = [] } = query;
  const text = placeInputs(query, (input) => inputSubquery(input));
  if (text === undefined) return { setup: inputs.map(createViewStatement), text: composeQuery(sql, views), parameters };
  return { setup: [], text, ...preparedText(query), parameters };
}

/** A query with `?` or `$1` fails: DuckDB refuses a mix of named and other parameters. */
function preparedText(query: QueryOverInputs): Pick<BoundQuery, 'prepared'> {
  const parameters = new Map(query.inputs?.map((input, index) => [input, `planscope_input_${index}`]));
  const text = placeInputs(query, (input) => inputSubquery(input, `$${parameters.get(input)}`));
  if (text === undefined) return {};
  const files = [...parameters].flatMap(([input, name]) =>
    'paths' in input && new RegExp(String.raw`\$${name}\b`).test(text) ? [[name, input.paths] as const] : [],
  );
  return files.length === 0 ? {} : { prepared: { text, files: Object.fromEntries(files) } };
}

/** Replaces the inputs in a query by subqueries; undefined if one of them cannot be replaced. */
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

/** Replaces the inputs in one text by subqueries; undefined if one of them cannot be replaced. */
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
  // Start at the end, so that a replacement does not move the remaining places.
  return replacements
    .sort((one, other) => other.start - one.start)
    .reduce((text, { start, end, isAliased, subquery }) => {
      const name = isAliased ? '' : ` AS ${text.slice(start, end)}`;
      return `${text.slice(0, start)}${subquery}${name}${text.slice(end)}`;
    }, sql);
}

/** The reference of a query over a single relation, found without parsing. */
function onlyReference(sql: string): TableReference[] | undefined {
  const [, name] = /^FROM "((?:[^"]|"")*)"$/.exec(sql) ?? [];
  if (name === undefined) return undefined;
  const places = [{ start: 'FROM '.length, end: sql.length, isAliased: false }];
  return [{ name: name.replaceAll('""', '"'), places }];
}

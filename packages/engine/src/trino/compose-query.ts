import { type LogicalPlan, walkPlan } from '@planscope/plan';
import { sqlTokens } from '@planscope/redaction';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError } from '../spec/spec-error.ts';
import { qualifiedTable, quoted, type TableNames } from './table-names.ts';
import { ownNames } from './table-references.ts';

/** A query with all definitions that it needs. */
export interface ComposedQuery {
  readonly sql: string;
  /** Names of inputs and views in it. */
  readonly inputs: readonly string[];
  readonly views: readonly string[];
}

/** Where the rows of inputs are. */
export interface QuerySources {
  readonly names: TableNames;
  /** The query that has the rows of an input that is files; undefined for a table of a catalog. Default: all are tables. */
  readonly fileQuery?: (relation: RelationNode) => string | undefined;
}

/**
 * Writes the query of an input or a view, with what is below it as common table expressions: nothing is created in a
 * catalog. A view is the outermost query, since Trino does not keep the order of the rows of a subquery.
 *
 * @throws SpecError `unsupported-by-engine` if the order of its rows cannot be kept
 */
export function composeQuery(from: LogicalPlan, sources: QuerySources): ComposedQuery {
  const nodes = [...walkPlan(from, 'children-first')];
  const relations = nodes.filter((node) => node instanceof RelationNode);
  const views = nodes.filter((node) => node instanceof ViewNode);
  const outermost = from instanceof ViewNode ? from : undefined;
  const definitions = new Map<string, string>();
  for (const relation of relations) {
    for (const name of relation.names) definitions.set(name, relationQuery(relation, sources));
  }
  for (const view of views) if (view !== outermost) definitions.set(view.viewName, trimmed(view.sql));
  const main = outermost === undefined ? `SELECT * FROM ${quoted(firstName(from))}` : trimmed(outermost.sql);
  return {
    sql: withDefinitions(main, definitions, outermost),
    inputs: relations.flatMap((relation) => relation.names),
    views: views.map(({ viewName }) => viewName),
  };
}

function withDefinitions(main: string, definitions: Map<string, string>, view: ViewNode | undefined): string {
  if (definitions.size === 0) return main;
  const tokens = [...sqlTokens(main, { maxCharacters: Math.max(main.length, 1) })];
  const [first, second] = tokens;
  const list = [...definitions].map(([name, sql]) => `${quoted(name)} AS (\n${sql}\n)`).join(', ');
  if (first?.text.toLowerCase() !== 'with') return `WITH ${list}\n${main}`;
  const own = ownNames(tokens);
  const taken = [...definitions.keys()].find((name) => own.has(name.toLowerCase()));
  if (taken === undefined && second?.text.toLowerCase() !== 'recursive') {
    return `${main.slice(0, first.start)}WITH ${list}, ${main.slice(first.start + 'with'.length)}`;
  }
  // Its WITH cannot be joined with ours: a recursive one needs names of columns, and a name can be defined only once.
  if (view !== undefined && hasOrder(tokens)) {
    const why =
      taken === undefined ? 'its WITH is recursive' : `its WITH defines "${taken}", as the specification does`;
    const text = `Trino would not keep its ORDER BY, because ${why}; put ORDER BY into a view over it`;
    throw new SpecError('unsupported-by-engine', `${view.field}.sql`, text);
  }
  return `WITH ${list}\nSELECT * FROM (\n${main}\n)`;
}

/** Whether the query itself, outside of parentheses, orders its rows. */
function hasOrder(tokens: Iterable<{ readonly text: string }>): boolean {
  let depth = 0;
  for (const { text } of tokens) {
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    else if (depth === 0 && text.toLowerCase() === 'order') return true;
  }
  return false;
}

function relationQuery(relation: RelationNode, { names, fileQuery }: QuerySources): string {
  const { version, filters } = relation;
  const files = fileQuery?.(relation);
  // A condition may end with a comment.
  const where = filters.length === 0 ? '' : ` WHERE ${filters.map((filter) => `(${filter}\n)`).join(' AND ')}`;
  if (files !== undefined) return where === '' ? files : `SELECT * FROM (\n${files}\n)${where}`;
  const table = qualifiedTable(relation.table ?? '', `${relation.field}.table`, names);
  const at = version === undefined ? '' : ` FOR VERSION AS OF ${version}`;
  return `SELECT * FROM ${table.sql}${at}${where}`;
}

function firstName(node: LogicalPlan): string {
  const name = node instanceof RelationNode ? node.names[0] : undefined;
  if (name === undefined) throw new TypeError(`[planscope/engine] an output cannot be made from a ${node.name}`);
  return name;
}

/** Without semicolons at its end, which Trino refuses. */
function trimmed(sql: string): string {
  const tokens = [...sqlTokens(sql, { maxCharacters: Math.max(sql.length, 1) })];
  let end = sql.length;
  for (const { text, start } of tokens.reverse()) {
    if (text !== ';') break;
    end = start;
  }
  return sql.slice(0, end);
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { isTreeNode, parseSelect, type TreeNode, type TreeValue } from './syntax-tree.ts';

/** A relation that a query refers to by name. */
export interface TableReference {
  readonly name: string;
  readonly schema?: string;
  readonly catalog?: string;
  /**
   * All places where the text names it. Absent if a subquery cannot replace it in one of them, as in `DESCRIBE a`, or
   * if another part of the query would not find the subquery, as with `main.a.x`.
   */
  readonly places?: readonly TablePlace[];
}

/** Where a text names a relation, as a range of UTF-16 code units. */
export interface TablePlace {
  readonly start: number;
  readonly end: number;
  /** Whether the query gives it an alias. */
  readonly isAliased: boolean;
}

/**
 * The relations a SELECT refers to, without duplicates, in order of appearance. They include files that are named as
 * tables (`FROM 'x.parquet'`), but not common table expressions and table functions.
 *
 * @throws DuckDBError `syntax` for invalid SQL, `unsupported-statement` for anything but one SELECT
 */
export async function tableReferences(connection: DuckDBConnection, sql: string): Promise<TableReference[]> {
  const tree = await parseSelect(connection, sql);
  const search: Search = { sql, found: new Map(), qualified: new Set() };
  visit(tree, new Set(), search);
  return [...search.found.values()].map(({ places, ...reference }) =>
    places === undefined || search.qualified.has(nameOf(reference.name)) ? reference : { ...reference, places },
  );
}

/** State of the walk through a syntax tree. */
interface Search {
  readonly sql: string;
  readonly found: Map<string, TableReference>;
  /** Second and later parts of column names, in lower case: in `main.a.x`, one of them is the table. */
  readonly qualified: Set<string>;
}

/** Names of the visible common table expressions, in lower case because DuckDB ignores case. */
type Scope = ReadonlySet<string>;

function visit(value: TreeValue | undefined, scope: Scope, search: Search): void {
  if (Array.isArray(value)) {
    for (const entry of value) visit(entry, scope, search);
    return;
  }
  if (!isTreeNode(value)) return;
  if (value.type === 'BASE_TABLE') addReference(value, scope, search);
  if (value.type === 'COLUMN_REF' && Array.isArray(value.column_names)) {
    for (const part of value.column_names.slice(1)) search.qualified.add(nameOf(part));
  }
  const { cte_map: expressions, ...rest } = value;
  const inner = visitExpressions(expressions, scope, search);
  if (value.type === 'RECURSIVE_CTE_NODE') inner.add(nameOf(value.cte_name));
  for (const child of Object.values(rest)) visit(child, inner, search);
}

/** An expression can use the earlier ones; the query after them can use all. */
function visitExpressions(expressions: TreeValue | undefined, scope: Scope, search: Search): Set<string> {
  const inner = new Set(scope);
  const entries = isTreeNode(expressions) && Array.isArray(expressions.map) ? expressions.map : [];
  for (const entry of entries) {
    if (!isTreeNode(entry)) continue;
    visit(entry.value, inner, search);
    inner.add(nameOf(entry.key));
  }
  return inner;
}

function addReference(node: TreeNode, scope: Scope, { sql, found }: Search): void {
  const { table_name: name, schema_name: schema, catalog_name: catalog } = node;
  if (typeof name !== 'string') return;
  if (schema === '' && catalog === '' && scope.has(nameOf(name))) return;
  const key = JSON.stringify([catalog, schema, name].map(nameOf));
  const known = found.get(key);
  const place = placeOf(sql, node);
  const places =
    place === undefined || (known !== undefined && known.places === undefined)
      ? undefined
      : [...(known?.places ?? []), place];
  const { places: _, ...reference } = known ?? {
    name,
    ...(typeof schema === 'string' && schema !== '' ? { schema } : {}),
    ...(typeof catalog === 'string' && catalog !== '' ? { catalog } : {}),
  };
  found.set(key, places === undefined ? reference : { ...reference, places });
}

const WRITTEN_NAME = /^(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)/u;
/**
 * Matches text that a subquery may follow. If the keyword is on an earlier line, that line must not have a line
 * comment, because the comment could end with the same word.
 */
const BEFORE_RELATION = /(?:\b(?:FROM|JOIN)|[,(:])[^\S\n]*$|(?:^|\n)(?:(?!--)[^\n])*(?:\b(?:FROM|JOIN)|[,(:])\s+$/i;

/** The place of a reference, if a subquery can replace it. */
function placeOf(sql: string, node: TreeNode): TablePlace | undefined {
  const { table_name: name, schema_name: schema, catalog_name: catalog, at_clause: time, alias } = node;
  if (schema !== '' || catalog !== '' || time !== null || typeof node.query_location !== 'number') return undefined;
  const start = unitsBefore(sql, node.query_location);
  const [written] = WRITTEN_NAME.exec(sql.slice(start)) ?? [];
  if (written === undefined || !BEFORE_RELATION.test(sql.slice(0, start))) return undefined;
  const unquoted = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
  if (nameOf(unquoted) !== nameOf(name)) return undefined;
  return { start, end: start + written.length, isAliased: alias !== '' };
}

/** UTF-16 code units before a place, which DuckDB gives in UTF-8 bytes. */
function unitsBefore(text: string, bytes: number): number {
  return Buffer.from(text).subarray(0, bytes).toString().length;
}

function nameOf(value: TreeValue | undefined): string {
  return String(value).toLowerCase();
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { isTreeNode, parseSelect, type TreeNode, type TreeValue } from './syntax-tree.ts';

/** A relation that a query refers to by name. */
export interface TableReference {
  readonly name: string;
  readonly schema?: string;
  readonly catalog?: string;
  /**
   * Everywhere the text names it; absent where a subquery could not take its place at one of them, as in `DESCRIBE a`, or
   * would not be found by another part of the query, as with `main.a.x`.
   */
  readonly places?: readonly TablePlace[];
}

/** Where a text names a relation, as a range of its UTF-16 units. */
export interface TablePlace {
  readonly start: number;
  readonly end: number;
  /** Whether the query goes on with another name for it. */
  readonly isAliased: boolean;
}

/**
 * The relations a SELECT refers to, each once, in the order they are first met; its own common table expressions and
 * table functions are not among them. A file named as a table (`FROM 'x.parquet'`) is.
 *
 * @throws DuckDBError `syntax` for text that is no SQL, `unsupported-statement` for anything but one SELECT
 */
export async function tableReferences(connection: DuckDBConnection, sql: string): Promise<TableReference[]> {
  const tree = await parseSelect(connection, sql);
  const search: Search = { sql, found: new Map(), qualified: new Set() };
  visit(tree, new Set(), search);
  return [...search.found.values()].map(({ places, ...reference }) =>
    places === undefined || search.qualified.has(nameOf(reference.name)) ? reference : { ...reference, places },
  );
}

/** What is met on the way through a syntax tree. */
interface Search {
  readonly sql: string;
  readonly found: Map<string, TableReference>;
  /** Second and later parts of the names of columns, lower case: some may be of a table whose schema is named. */
  readonly qualified: Set<string>;
}

/** Names of common table expressions in sight, lower case as DuckDB compares them. */
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

/** Each expression sees those before it; what follows them sees them all. */
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
/** What a subquery may follow, on the same line or on one without a line comment, which could end with the same word. */
const BEFORE_RELATION = /(?:\b(?:FROM|JOIN)|[,(:])[^\S\n]*$|(?:^|\n)(?:(?!--)[^\n])*(?:\b(?:FROM|JOIN)|[,(:])\s+$/i;

/** Where a reference is, if a subquery can be there. */
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

/** DuckDB counts the bytes of UTF-8. */
function unitsBefore(text: string, bytes: number): number {
  return Buffer.from(text).subarray(0, bytes).toString().length;
}

function nameOf(value: TreeValue | undefined): string {
  return String(value).toLowerCase();
}

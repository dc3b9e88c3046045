import type { DuckDBConnection } from '@duckdb/node-api';
import { isTreeNode, parseSelect, type TreeNode, type TreeValue } from './syntax-tree.ts';

/** A relation that a query refers to by name. */
export interface TableReference {
  readonly name: string;
  readonly schema?: string;
  readonly catalog?: string;
}

/**
 * The relations a SELECT refers to, each once, in the order they are first met; its own common table expressions and
 * table functions are not among them. A file named as a table (`FROM 'x.parquet'`) is.
 *
 * @throws DuckDBError `syntax` for text that is no SQL, `unsupported-statement` for anything but one SELECT
 */
export async function tableReferences(connection: DuckDBConnection, sql: string): Promise<TableReference[]> {
  const found = new Map<string, TableReference>();
  visit(await parseSelect(connection, sql), new Set(), found);
  return [...found.values()];
}

/** Names of common table expressions in sight, lower case as DuckDB compares them. */
type Scope = ReadonlySet<string>;

function visit(value: TreeValue | undefined, scope: Scope, found: Map<string, TableReference>): void {
  if (Array.isArray(value)) {
    for (const entry of value) visit(entry, scope, found);
    return;
  }
  if (!isTreeNode(value)) return;
  if (value.type === 'BASE_TABLE') addReference(value, scope, found);
  const { cte_map: expressions, ...rest } = value;
  const inner = visitExpressions(expressions, scope, found);
  if (value.type === 'RECURSIVE_CTE_NODE') inner.add(nameOf(value.cte_name));
  for (const child of Object.values(rest)) visit(child, inner, found);
}

/** Each expression sees those before it; what follows them sees them all. */
function visitExpressions(
  expressions: TreeValue | undefined,
  scope: Scope,
  found: Map<string, TableReference>,
): Set<string> {
  const inner = new Set(scope);
  const entries = isTreeNode(expressions) && Array.isArray(expressions.map) ? expressions.map : [];
  for (const entry of entries) {
    if (!isTreeNode(entry)) continue;
    visit(entry.value, inner, found);
    inner.add(nameOf(entry.key));
  }
  return inner;
}

function addReference(node: TreeNode, scope: Scope, found: Map<string, TableReference>): void {
  const { table_name: name, schema_name: schema, catalog_name: catalog } = node;
  if (typeof name !== 'string') return;
  if (schema === '' && catalog === '' && scope.has(nameOf(name))) return;
  const reference = {
    name,
    ...(typeof schema === 'string' && schema !== '' ? { schema } : {}),
    ...(typeof catalog === 'string' && catalog !== '' ? { catalog } : {}),
  };
  const key = JSON.stringify([catalog, schema, name].map(nameOf));
  if (!found.has(key)) found.set(key, reference);
}

function nameOf(value: TreeValue | undefined): string {
  return String(value).toLowerCase();
}

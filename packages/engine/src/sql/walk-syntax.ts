import { isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';

/** All nodes of a syntax tree: statements, expressions, table references. */
function syntaxNodes(value: TreeValue | undefined, found: TreeNode[] = []): TreeNode[] {
  if (Array.isArray(value)) for (const entry of value) syntaxNodes(entry, found);
  else if (value !== undefined && isTreeNode(value)) {
    found.push(value);
    for (const part of Object.values(value)) syntaxNodes(part, found);
  }
  return found;
}

/** The entries of a list; empty for any other value. */
export function entriesOf(value: TreeValue | undefined): readonly TreeValue[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Returns the syntax tree of one SELECT.
 *
 * @throws if the text is not one SELECT statement
 */
export type SyntaxReader = (sql: string) => Promise<TreeNode>;

/** A reader that reads each text only once. */
export function rememberingReader<Found>(read: (sql: string) => Promise<Found>): (sql: string) => Promise<Found> {
  const known = new Map<string, Promise<Found>>();
  return (sql) => {
    const found = known.get(sql) ?? read(sql);
    known.set(sql, found);
    return found;
  };
}

/** Table functions whose columns depend only on the text of the query. */
const FIXED_BY_TEXT: ReadonlySet<string> = new Set(['generate_series', 'range', 'repeat', 'unnest']);

/**
 * Whether the columns of a query depend only on its text and its relations. The columns of a table function can depend
 * on anything: `read_csv` reads a file that is not an input of the specification, and `query` runs SQL that is computed
 * at run time.
 */
export function readsInputsOnly(statement: TreeNode): boolean {
  const functions = syntaxNodes(statement).filter(({ type }) => type === 'TABLE_FUNCTION');
  return functions.every(({ function: call }) => isTreeNode(call) && FIXED_BY_TEXT.has(String(call.function_name)));
}

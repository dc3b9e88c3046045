import { isTreeNode, type TreeNode } from '@planscope/duckdb';
import { syntaxNodes } from '../sql/walk-syntax.ts';

/** Table functions whose columns depend only on the text of the query. */
const FIXED_BY_TEXT: ReadonlySet<string> = new Set(['generate_series', 'range', 'repeat', 'unnest']);

/**
 * Whether the columns of a query depend only on its text and its relations. Those of a table function may depend on anything:
 * `read_csv` reads a file that is not an input of the specification, `query` runs a text computed at run time.
 */
export function readsInputsOnly(statement: TreeNode): boolean {
  const functions = syntaxNodes(statement).filter(({ type }) => type === 'TABLE_FUNCTION');
  return functions.every(({ function: call }) => isTreeNode(call) && FIXED_BY_TEXT.has(String(call.function_name)));
}

import { isTreeNode, type TreeNode } from '@planscope/duckdb';
import { syntaxNodes } from '../sql/walk-syntax.ts';

/** Table functions whose columns follow from the text of the query alone. */
const SETTLED: ReadonlySet<string> = new Set(['generate_series', 'range', 'repeat', 'unnest']);

/**
 * Whether the columns of a query follow from its text and its relations. Those of a table function may follow from anything:
 * `read_csv` from a file that is no input of the specification, `query` from a text that is made while it runs.
 */
export function readsInputsOnly(statement: TreeNode): boolean {
  const functions = syntaxNodes(statement).filter(({ type }) => type === 'TABLE_FUNCTION');
  return functions.every(({ function: call }) => isTreeNode(call) && SETTLED.has(String(call.function_name)));
}

import { isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';

/** A value of a syntax tree and every value below it. */
export function* walkSyntax(value: TreeValue | undefined): Generator<TreeValue, void, undefined> {
  if (value === undefined) return;
  yield value;
  if (Array.isArray(value)) for (const entry of value) yield* walkSyntax(entry);
  else if (isTreeNode(value)) for (const entry of Object.values(value)) yield* walkSyntax(entry);
}

/** The objects among them: statements, expressions, table references. */
export function syntaxNodes(value: TreeValue | undefined): TreeNode[] {
  return [...walkSyntax(value)].filter(isTreeNode);
}

/** The entries of a list, none where there is no list. */
export function entriesOf(value: TreeValue | undefined): readonly TreeValue[] {
  return Array.isArray(value) ? value : [];
}

/** The query of a statement: a SELECT, a set operation or a recursive expression. */
export function queryOf(statement: TreeNode): TreeNode | undefined {
  return isTreeNode(statement.node) ? statement.node : undefined;
}

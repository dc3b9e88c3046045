import { isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';

/** A value of a syntax tree and every value below it. */
function walkSyntax(value: TreeValue | undefined): TreeValue[] {
  const found: TreeValue[] = [];
  gather(value, found);
  return found;
}

// Many rules walk these trees in every pass, and filling a list is several times faster than a generator.
function gather(value: TreeValue | undefined, found: TreeValue[]): void {
  if (value === undefined) return;
  found.push(value);
  if (Array.isArray(value)) for (const entry of value) gather(entry, found);
  else if (isTreeNode(value)) for (const key in value) gather(value[key], found);
}

/** The objects among them: statements, expressions, table references. */
export function syntaxNodes(value: TreeValue | undefined): TreeNode[] {
  return walkSyntax(value).filter(isTreeNode);
}

/** The entries of a list, none where there is no list. */
export function entriesOf(value: TreeValue | undefined): readonly TreeValue[] {
  return Array.isArray(value) ? value : [];
}

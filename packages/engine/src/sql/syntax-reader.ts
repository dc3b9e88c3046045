import type { TreeNode } from '@planscope/duckdb';

/**
 * The syntax tree of one SELECT.
 *
 * @throws when the text is not one SELECT statement
 */
export type SyntaxReader = (sql: string) => Promise<TreeNode>;

/** A reader that parses each text once. */
export function rememberingReader(read: SyntaxReader): SyntaxReader {
  const trees = new Map<string, Promise<TreeNode>>();
  return (sql) => {
    const tree = trees.get(sql) ?? read(sql);
    trees.set(sql, tree);
    return tree;
  };
}

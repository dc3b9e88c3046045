import type { TreeNode } from '@planscope/duckdb';

/**
 * The syntax tree of one SELECT.
 *
 * @throws when the text is not one SELECT statement
 */
export type SyntaxReader = (sql: string) => Promise<TreeNode>;

/** A reader that asks for each text once. */
export function rememberingReader<Found>(read: (sql: string) => Promise<Found>): (sql: string) => Promise<Found> {
  const known = new Map<string, Promise<Found>>();
  return (sql) => {
    const found = known.get(sql) ?? read(sql);
    known.set(sql, found);
    return found;
  };
}

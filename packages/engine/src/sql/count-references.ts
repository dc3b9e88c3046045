import { isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';
import { queryOf, syntaxNodes } from './walk-syntax.ts';

/** How often a query refers to one relation. */
export interface ReferenceCount {
  /** All references, those inside of subqueries and common table expressions among them. */
  readonly total: number;
  /** Those in a FROM that is evaluated once, however the query is executed. */
  readonly evaluatedOnce: number;
}

/** A common table expression of the query that goes by the same name counts as well: the count may only be too high. */
export function countReferences(statement: TreeNode, name: string): ReferenceCount {
  const isReference = (node: TreeNode): boolean =>
    node.type === 'BASE_TABLE' && String(node.table_name).toLowerCase() === name.toLowerCase();
  return {
    total: syntaxNodes(statement).filter(isReference).length,
    evaluatedOnce: fromTables(queryOf(statement)).filter(isReference).length,
  };
}

/** The relations that rows come from: through joins, subqueries in FROM and set operations, not through expressions. */
function fromTables(value: TreeValue | undefined): TreeNode[] {
  if (!isTreeNode(value)) return [];
  switch (value.type) {
    case 'SELECT_NODE':
      return fromTables(value.from_table);
    case 'SET_OPERATION_NODE':
    case 'JOIN':
      return [...fromTables(value.left), ...fromTables(value.right)];
    case 'SUBQUERY':
      return isTreeNode(value.subquery) ? fromTables(queryOf(value.subquery)) : [];
    case 'BASE_TABLE':
      return [value];
    default:
      return [];
  }
}

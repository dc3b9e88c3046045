import { isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';
import { entriesOf, queryOf, syntaxNodes } from './walk-syntax.ts';

/** A query that takes the rows of one relation as they come and hands them on in the same order. */
export interface RowStream {
  /** Whether each row of the relation becomes one of the query, its LIMIT aside. */
  readonly keepsEveryRow: boolean;
  /** Rows up to the end of its LIMIT, those that OFFSET leaves out among them; undefined without one. */
  readonly limit: number | undefined;
}

/** What a query of columns and operators over one relation does with its rows; undefined for any other query. */
export function rowStream(statement: TreeNode): RowStream | undefined {
  const query = queryOf(statement);
  if (query?.type !== 'SELECT_NODE' || query.aggregate_handling !== 'STANDARD_HANDLING') return undefined;
  const from = query.from_table;
  if (!isTreeNode(from) || from.type !== 'BASE_TABLE' || from.sample !== null || from.at_clause !== null)
    return undefined;
  const hasMore = [query.having, query.qualify, query.sample].some((part) => part !== null);
  const lists = [query.group_expressions, isTreeNode(query.cte_map) ? query.cte_map.map : []];
  if (hasMore || lists.some((list) => entriesOf(list).length > 0)) return undefined;
  if (!syntaxNodes([query.select_list ?? null, query.where_clause ?? null]).every(isRowByRow)) return undefined;
  return withLimit(query.where_clause === null, entriesOf(query.modifiers));
}

function withLimit(keepsEveryRow: boolean, modifiers: readonly TreeValue[]): RowStream | undefined {
  const [modifier, ...more] = modifiers;
  if (modifier === undefined) return { keepsEveryRow, limit: undefined };
  if (!isTreeNode(modifier) || modifier.type !== 'LIMIT_MODIFIER' || more.length > 0) return undefined;
  const rows = rowCount(modifier.limit);
  const skipped = modifier.offset === null ? 0 : rowCount(modifier.offset);
  return rows === undefined || skipped === undefined ? undefined : { keepsEveryRow, limit: rows + skipped };
}

/** A whole number that is written out. */
function rowCount(expression: TreeValue | undefined): number | undefined {
  const value = isTreeNode(expression) && expression.class === 'CONSTANT' ? expression.value : undefined;
  if (!isTreeNode(value) || !isTreeNode(value.type) || value.type.id !== 'INTEGER') return undefined;
  return typeof value.value === 'number' ? value.value : undefined;
}

const ROW_BY_ROW = new Set<TreeValue | undefined>([
  'BETWEEN',
  'CASE',
  'CAST',
  'COLUMN_REF',
  'COMPARISON',
  'CONJUNCTION',
  'CONSTANT',
  'OPERATOR',
  'STAR',
]);

/** An aggregate, `unnest` and `random()` are functions; operators are the ones of which it is known that they are none. */
function isRowByRow(node: TreeNode): boolean {
  if (!('class' in node)) return true;
  return ROW_BY_ROW.has(node.class) || (node.class === 'FUNCTION' && node.is_operator === true);
}

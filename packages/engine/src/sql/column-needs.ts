import { isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';
import { entriesOf, queryOf, syntaxNodes, walkSyntax } from './walk-syntax.ts';

/** Which columns of its relations a query can depend on. */
export interface ColumnNeeds {
  /** Every name in the query, lower case: a column that is not among them has no influence on it. */
  readonly names: ReadonlySet<string>;
  /** Whether the query hands on all columns of its relations by `*`, so that what its consumers need is needed, too. */
  readonly passesOn: boolean;
}

/**
 * What a query needs of its relations; undefined where it can depend on columns that it does not name.
 *
 * Every text in the syntax tree counts as a name, so that a reference is never overlooked and each name resolves as it
 * did: at worst a column is kept that nobody needs.
 */
export function columnNeeds(statement: TreeNode): ColumnNeeds | undefined {
  const nodes = syntaxNodes(statement);
  const query = queryOf(statement);
  const passedOn = query === undefined ? [] : plainStars(query);
  const stars = nodes.filter(({ type }) => type === 'STAR');
  if (stars.length !== passedOn.length || nodes.some(dependsOnAllColumns)) return undefined;
  const relations = relationNames(nodes);
  if (nodes.some((node) => isWholeRow(node, relations))) return undefined;
  const names = walkSyntax(statement).filter((value) => typeof value === 'string');
  return { names: new Set(names.map((name) => name.toLowerCase())), passesOn: passedOn.length > 0 };
}

/** The `*` of a select list whose rows do not depend on which columns there are. */
function plainStars(query: TreeNode): TreeNode[] {
  if (query.type !== 'SELECT_NODE' || query.aggregate_handling !== 'STANDARD_HANDLING') return [];
  if (!isEmpty(query.group_expressions) || !entriesOf(query.modifiers).every(keepsColumns)) return [];
  return entriesOf(query.select_list).filter(isTreeNode).filter(isPlainStar);
}

/** DISTINCT compares all columns, and a number in ORDER BY counts them. */
function keepsColumns(modifier: TreeValue): boolean {
  if (!isTreeNode(modifier) || modifier.type === 'DISTINCT_MODIFIER') return false;
  const orders = entriesOf(modifier.orders).filter(isTreeNode);
  return orders.every(({ expression }) => isTreeNode(expression) && expression.class !== 'CONSTANT');
}

/** Without a table, EXCLUDE, REPLACE, RENAME or COLUMNS. */
function isPlainStar({ type, relation_name, columns, expr, ...lists }: TreeNode): boolean {
  if (type !== 'STAR' || relation_name !== '' || columns !== false || expr !== null) return false;
  return ['exclude_list', 'qualified_exclude_list', 'replace_list', 'rename_list'].every((list) =>
    isEmpty(lists[list]),
  );
}

function isEmpty(value: TreeValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** References by position, columns that are renamed by position, and what is made of all columns there are. */
function dependsOnAllColumns(node: TreeNode): boolean {
  const { type, ref_type, column_name_alias } = node;
  if (type === 'POSITIONAL_REFERENCE' || type === 'PIVOT' || type === 'SHOW_REF') return true;
  return (type === 'JOIN' && ref_type === 'NATURAL') || entriesOf(column_name_alias).length > 0;
}

function relationNames(nodes: readonly TreeNode[]): Set<string> {
  // An expression has a class; what has an alias and none is a table reference.
  const references = nodes.filter((node) => 'alias' in node && !('class' in node));
  const names = references.flatMap(({ alias, table_name }) => [alias, table_name]);
  return new Set(
    names.filter((name) => typeof name === 'string' && name !== '').map((name) => String(name).toLowerCase()),
  );
}

/** Where no column has its name, a reference to a relation is all of its columns as one value. */
function isWholeRow({ type, column_names }: TreeNode, relations: ReadonlySet<string>): boolean {
  return type === 'COLUMN_REF' && relations.has(String(entriesOf(column_names).at(-1)).toLowerCase());
}

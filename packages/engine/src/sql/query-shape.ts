import { isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';
import { entriesOf } from './walk-syntax.ts';

const LITERAL = '?';

/** A syntax tree without literals, lengths of literal lists, and positions in the text. */
export function sqlShape(value: TreeValue): TreeValue {
  if (Array.isArray(value)) return value.map(sqlShape);
  if (!isTreeNode(value)) return value;
  if (value.class === 'CONSTANT' || isStoredValue(value)) return LITERAL;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'query_location' && key !== 'seed')
      .map(([key, part]) => [key, partShape(value, key, part)]),
  );
}

function partShape(node: TreeNode, key: string, part: TreeValue): TreeValue {
  if (key === 'group_expressions' || (key === 'modifiers' && Array.isArray(part)))
    return entriesOf(part).map(withPlaces);
  const shape = sqlShape(part);
  return Array.isArray(shape) && isListOfValues(node, key) ? withoutRepeats(shape) : shape;
}

/** Keeps numbers in ORDER BY and GROUP BY, which are positions of columns and not literals. */
function withPlaces(value: TreeValue): TreeValue {
  if (!isTreeNode(value)) return sqlShape(value);
  if (value.class === 'CONSTANT') return value.value ?? LITERAL;
  if (value.type !== 'ORDER_MODIFIER') return sqlShape(value);
  const orders = entriesOf(value.orders).filter(isTreeNode);
  return { ...value, orders: orders.map((order) => ({ ...order, expression: withPlaces(order.expression ?? null) })) };
}

/** Whether a node is a value outside of an expression, for example the size of a sample. */
function isStoredValue(node: TreeNode): boolean {
  return 'is_null' in node && isTreeNode(node.type) && 'id' in node.type;
}

function isListOfValues({ type, function_name }: TreeNode, key: string): boolean {
  if (key === 'values' || key === 'entries') return true;
  return key === 'children' && (type === 'COMPARE_IN' || type === 'COMPARE_NOT_IN' || function_name === 'list_value');
}

function withoutRepeats(entries: readonly TreeValue[]): TreeValue[] {
  const texts = entries.map((entry) => JSON.stringify(entry));
  return entries.filter((_, index) => texts[index] !== texts[index - 1]);
}

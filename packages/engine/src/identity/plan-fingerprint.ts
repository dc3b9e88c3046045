import { duckdbDialect, isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';
import { describeNode, fieldRenderer, type LogicalPlan, walkPlan } from '@planscope/plan';
import { createTextsByKind } from '@planscope/redaction';
import { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError } from '../spec/spec-error.ts';
import { entriesOf, type SyntaxReader } from '../sql/walk-syntax.ts';
import { canonicalHash } from './identities.ts';

/**
 * SHA-256 of the shape of an optimized logical plan: its nodes and their structure, the columns of the inputs, and the
 * syntax of the queries. It does not include literals, locations or the content of objects.
 *
 * @throws SpecError `invalid-sql` for an invalid filter of a relation
 */
export async function planFingerprint(plan: LogicalPlan, readSyntax: SyntaxReader): Promise<string> {
  const nodes = [...walkPlan(plan, 'children-first')];
  const places = new Map(nodes.map((node, index) => [node, index]));
  const shapes = [];
  for (const node of nodes) {
    const children = node.children.map((child) => places.get(child) ?? -1);
    shapes.push({ name: node.name, children, shape: await nodeShape(node, readSyntax) });
  }
  return canonicalHash({ version: 2, nodes: shapes });
}

async function nodeShape(node: LogicalPlan, readSyntax: SyntaxReader): Promise<unknown> {
  if (node instanceof RelationNode) return relationShape(node, readSyntax);
  if (node instanceof ViewNode) return viewShape(node, readSyntax);
  if (node instanceof OutputNode) {
    const { name, location, format, mode } = node.output;
    return { name, toCaller: location === undefined, format: format ?? null, mode: mode ?? null };
  }
  // A node of the program: use its description, with all literals replaced by the same placeholder.
  const texts = createTextsByKind({ dialect: duckdbDialect });
  return describeNode(node, fieldRenderer(texts, {})).replace(/\?\d+/g, '?');
}

async function relationShape(relation: RelationNode, readSyntax: SyntaxReader): Promise<unknown> {
  const { names, format, columns = [] } = relation;
  const filters = [];
  for (const filter of relation.filters) filters.push(sqlShape(await readCondition(relation, filter, readSyntax)));
  return { names, format, filters, columns: columns.map(({ name, type }) => ({ name, type })) };
}

async function readCondition(relation: RelationNode, filter: string, readSyntax: SyntaxReader) {
  try {
    return await readSyntax(`SELECT (${filter}\n)`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SpecError('invalid-sql', relation.field, `a rule filters it by "${filter}": ${reason}`, { cause: error });
  }
}

async function viewShape(view: ViewNode, readSyntax: SyntaxReader): Promise<unknown> {
  return { name: view.viewName, query: sqlShape(await readSyntax(view.sql)) };
}

const LITERAL = '?';

/** A syntax tree without literals, lengths of literal lists, and positions in the text. */
function sqlShape(value: TreeValue): TreeValue {
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

import type { NodeField } from '@planscope/plan';
import type { QueryPlan } from 'squirreling';

/** A part of a query, with its place in the text of the query. */
interface Place {
  readonly positionStart: number;
  readonly positionEnd: number;
}

/** What there is to say of a node, in the words of the query. */
export function describePlanNode(node: QueryPlan, query: string): NodeField[] {
  const text = ({ positionStart, positionEnd }: Place): string => query.slice(positionStart, positionEnd);
  const expressions = (key: string, parts: readonly (Place | undefined)[]): NodeField => {
    return { key, text: parts.flatMap((part) => (part === undefined ? [] : [text(part)])), kind: 'expression' };
  };
  switch (node.type) {
    case 'Scan':
      return [
        { key: 'table', text: node.table, kind: 'identifier' },
        { key: 'columns', text: node.hints.columns ?? [], kind: 'identifier' },
        expressions('filter', [node.hints.where]),
      ];
    case 'Count':
      return [{ key: 'table', text: node.table, kind: 'identifier' }];
    case 'Filter':
      return [expressions('filter', [node.condition])];
    case 'Project':
      return [expressions('expressions', node.columns)];
    case 'Sort':
      return [
        expressions(
          'order_by',
          node.orderBy.map(({ expr }) => expr),
        ),
      ];
    case 'Limit':
      return [
        { key: 'limit', text: String(node.limit ?? ''), kind: 'code' },
        { key: 'offset', text: String(node.offset ?? ''), kind: 'code' },
      ];
    case 'HashAggregate':
      return [expressions('group_keys', node.groupBy), expressions('aggregates', node.columns)];
    case 'ScalarAggregate':
      return [expressions('aggregates', node.columns)];
    case 'HashJoin':
      return [
        { key: 'join_type', text: node.joinType, kind: 'code' },
        { key: 'join_keys', text: [`${text(node.leftKey)} = ${text(node.rightKey)}`], kind: 'expression' },
      ];
    case 'NestedLoopJoin':
      return [{ key: 'join_type', text: node.joinType, kind: 'code' }, expressions('join_keys', [node.condition])];
    case 'SetOperation':
      return [{ key: 'operator', text: node.all ? `${node.operator} ALL` : node.operator, kind: 'code' }];
    default:
      return [];
  }
}

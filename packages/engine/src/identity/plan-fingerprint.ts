import { describeNode, fieldRenderer, type LogicalPlan, walkPlan } from '@planscope/plan';
import { createTextsByKind, type SqlDialect } from '@planscope/redaction';
import type { QueryReader } from '../backend/engine-backend.ts';
import { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError } from '../spec/spec-error.ts';
import { canonicalHash } from './identities.ts';

/** The SQL that the queries of a plan are written in. */
export interface QuerySql {
  readonly shape: QueryReader['shape'];
  readonly dialect: SqlDialect;
}

/**
 * SHA-256 of the shape of an optimized logical plan: its nodes and their structure, the columns of the inputs, and the
 * syntax of the queries. It does not include literals, locations or the content of objects.
 *
 * @throws SpecError `invalid-sql` for an invalid filter of a relation
 */
export async function planFingerprint(plan: LogicalPlan, sql: QuerySql): Promise<string> {
  const nodes = [...walkPlan(plan, 'children-first')];
  const places = new Map(nodes.map((node, index) => [node, index]));
  const shapes = [];
  for (const node of nodes) {
    const children = node.children.map((child) => places.get(child) ?? -1);
    shapes.push({ name: node.name, children, shape: await nodeShape(node, sql) });
  }
  return canonicalHash({ version: 2, nodes: shapes });
}

async function nodeShape(node: LogicalPlan, sql: QuerySql): Promise<unknown> {
  if (node instanceof RelationNode) return relationShape(node, sql);
  if (node instanceof ViewNode) return viewShape(node, sql);
  if (node instanceof OutputNode) {
    const { name, location, format, mode, table } = node.output;
    const toCaller = location === undefined && table === undefined;
    return { name, toCaller, format: format ?? null, mode: mode ?? null };
  }
  // A node of the program: use its description, with all literals replaced by the same placeholder.
  const texts = createTextsByKind({ dialect: sql.dialect });
  return describeNode(node, fieldRenderer(texts, {})).replace(/\?\d+/g, '?');
}

async function relationShape(relation: RelationNode, sql: QuerySql): Promise<unknown> {
  const { names, format, columns = [] } = relation;
  const filters = [];
  for (const filter of relation.filters) filters.push(await conditionShape(relation, filter, sql));
  return { names, format, filters, columns: columns.map(({ name, type }) => ({ name, type })) };
}

async function conditionShape(relation: RelationNode, filter: string, { shape }: QuerySql): Promise<unknown> {
  try {
    return await shape(`SELECT (${filter}\n)`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SpecError('invalid-sql', relation.field, `a rule filters it by "${filter}": ${reason}`, { cause: error });
  }
}

async function viewShape({ viewName, sql }: ViewNode, { shape }: QuerySql): Promise<unknown> {
  return { name: viewName, query: await shape(sql) };
}

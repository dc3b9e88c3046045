import { type LogicalPlan, type OptimizerRule, transformPlan, walkPlan } from '@planscope/plan';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { type ColumnNeeds, columnNeeds } from '../sql/column-needs.ts';
import type { SyntaxReader } from '../sql/syntax-reader.ts';

/**
 * Has each input and view provide only the columns that its consumers can depend on.
 *
 * A query that can depend on columns it does not name (`SELECT t.*`, NATURAL JOIN, PIVOT, UNION of `*`, …) keeps them all.
 */
export function pruneUnusedColumns(readSyntax: SyntaxReader): OptimizerRule {
  return {
    name: 'prune_unused_columns',
    apply: async (plan) => {
      const needs = new Map<ViewNode, ColumnNeeds | undefined>();
      for (const node of walkPlan(plan)) {
        if (node instanceof ViewNode) needs.set(node, columnNeeds(await readSyntax(node.sql)));
      }
      const projections = findProjections(plan, needs);
      // From the top down, so that each node is still the one that was looked at.
      return transformPlan<LogicalPlan>(plan, (node) => narrowed(node, projections.get(node)), 'down');
    },
  };
}

/** Names of needed columns, lower case. */
type Names = ReadonlySet<string>;

function findProjections(
  plan: LogicalPlan,
  needs: ReadonlyMap<ViewNode, ColumnNeeds | undefined>,
): Map<LogicalPlan, readonly string[]> {
  const wanted = new Map<LogicalPlan, Names | 'all'>();
  const projections = new Map<LogicalPlan, readonly string[]>();
  // Consumers come before what they consume.
  for (const node of [...walkPlan(plan, 'children-first')].reverse()) {
    const projection = projectionOf(node, wanted.get(node) ?? 'all');
    if (projection !== undefined) projections.set(node, projection);
    const below = wantedBelow(node, projection, needs);
    for (const child of node.children) wanted.set(child, union(wanted.get(child), below));
  }
  return projections;
}

/** What is left of a node's columns; undefined when all of them are. */
function projectionOf(node: LogicalPlan, names: Names | 'all'): readonly string[] | undefined {
  if (names === 'all' || !(node instanceof RelationNode || node instanceof ViewNode)) return undefined;
  const columns = (node.columns ?? []).map(({ name }) => name);
  const [first] = columns;
  // Two columns of one name are told apart by names that DuckDB makes up when both are there.
  if (first === undefined || new Set(columns.map((name) => name.toLowerCase())).size < columns.length) return undefined;
  const needed = columns.filter((name) => names.has(name.toLowerCase()));
  // Rows are counted by some column.
  const kept = needed.length === 0 ? [first] : needed;
  return kept.length === columns.length ? undefined : kept;
}

function wantedBelow(
  node: LogicalPlan,
  projection: readonly string[] | undefined,
  needs: ReadonlyMap<ViewNode, ColumnNeeds | undefined>,
): Names | 'all' {
  const own = node instanceof ViewNode ? needs.get(node) : undefined;
  if (own === undefined) return 'all';
  if (!own.passesOn) return own.names;
  return projection === undefined ? 'all' : new Set([...own.names, ...projection.map((name) => name.toLowerCase())]);
}

function union(one: Names | 'all' | undefined, other: Names | 'all'): Names | 'all' {
  if (one === 'all' || other === 'all') return 'all';
  return one === undefined ? other : new Set([...one, ...other]);
}

function narrowed(node: LogicalPlan, projection: readonly string[] | undefined): LogicalPlan {
  if (projection === undefined || !(node instanceof RelationNode || node instanceof ViewNode)) return node;
  return node.projection?.join() === projection.join() ? node : node.with({ projection });
}

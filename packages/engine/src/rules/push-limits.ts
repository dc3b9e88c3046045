import { type LogicalPlan, type OptimizerRule, transformPlan, walkPlan } from '@planscope/plan';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { type RowStream, rowStream } from '../sql/row-stream.ts';
import type { SyntaxReader } from '../sql/syntax-reader.ts';

/**
 * Has a view stop after the rows that the LIMIT of its only consumer reads.
 *
 * A LIMIT without an order takes whichever rows come first. So it goes down only where the same ones do: through views
 * that hand on the rows of one input as they come, and while the engine keeps rows in the order of their input.
 *
 * @param keepsOrder whether the engine does
 */
export function pushLimits(readSyntax: SyntaxReader, keepsOrder: boolean): OptimizerRule {
  return {
    name: 'push_limits',
    apply: async (plan) => {
      if (!keepsOrder) return plan;
      const streams = await streamingViews(plan, readSyntax);
      const limits = findLimits(plan, streams);
      if (limits.size === 0) return plan;
      const limited = (node: LogicalPlan): LogicalPlan => {
        const limit = limits.get(node);
        return node instanceof ViewNode && limit !== undefined && node.limit !== limit ? node.with({ limit }) : node;
      };
      // From the top down, so that each node is still the one that was looked at.
      return transformPlan(plan, limited, 'down');
    },
  };
}

/** The views whose rows are those of one input, in its order. */
async function streamingViews(plan: LogicalPlan, readSyntax: SyntaxReader): Promise<Map<LogicalPlan, RowStream>> {
  const streams = new Map<LogicalPlan, RowStream>();
  for (const node of walkPlan(plan, 'children-first')) {
    const [child, ...more] = node.children;
    if (!(node instanceof ViewNode) || child === undefined || more.length > 0) continue;
    const stream = rowStream(await readSyntax(node.sql));
    if (stream !== undefined && (child instanceof RelationNode || streams.has(child))) streams.set(node, stream);
  }
  return streams;
}

function findLimits(plan: LogicalPlan, streams: ReadonlyMap<LogicalPlan, RowStream>): Map<LogicalPlan, number> {
  const consumers = countConsumers(plan);
  const limits = new Map<LogicalPlan, number>();
  // Consumers come before what they consume.
  for (const node of [...walkPlan(plan, 'children-first')].reverse()) {
    const stream = streams.get(node);
    // How many rows a filter looks at is not known.
    const rows = stream?.keepsEveryRow ? (stream.limit ?? limits.get(node)) : undefined;
    const [child] = node.children;
    if (rows === undefined || child === undefined || consumers.get(child) !== 1) continue;
    const below = streams.get(child);
    if (below !== undefined && below.limit === undefined) limits.set(child, rows);
  }
  return limits;
}

function countConsumers(plan: LogicalPlan): Map<LogicalPlan, number> {
  const consumers = new Map<LogicalPlan, number>();
  for (const { children } of walkPlan(plan)) {
    for (const child of children) consumers.set(child, (consumers.get(child) ?? 0) + 1);
  }
  return consumers;
}

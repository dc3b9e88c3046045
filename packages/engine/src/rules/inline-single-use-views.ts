import { type LogicalPlan, type OptimizerRule, transformPlan, walkPlan } from '@planscope/plan';
import { SpecNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { countReferences } from '../sql/count-references.ts';
import type { SyntaxReader } from '../sql/syntax-reader.ts';

/**
 * Marks views that each output refers to at most once, so that they are computed as a part of their consumer and not by
 * themselves. A view that could then be computed more than once stays as it is: `random()` would give it other rows
 * each time.
 */
export function inlineSingleUseViews(readSyntax: SyntaxReader): OptimizerRule {
  return {
    name: 'inline_single_use_views',
    apply: async (plan) => {
      if (!(plan instanceof SpecNode)) return plan;
      const uses = await countUses(plan, readSyntax);
      const kept = new Set(plan.children.flatMap((output) => usedAgain(output, uses)));
      // Marked from the top down, so that a node is still the one that was counted.
      return transformPlan<LogicalPlan>(
        plan,
        (node) => (node instanceof ViewNode && !node.inlined && !kept.has(node) ? node.with({ inlined: true }) : node),
        'down',
      );
    },
  };
}

/** How often each node refers to the views below it. */
type Uses = ReadonlyMap<LogicalPlan, ReadonlyMap<ViewNode, number>>;

async function countUses(plan: LogicalPlan, readSyntax: SyntaxReader): Promise<Uses> {
  const uses = new Map<LogicalPlan, ReadonlyMap<ViewNode, number>>();
  for (const node of walkPlan(plan)) {
    const counts = new Map<ViewNode, number>();
    for (const child of node.children) {
      if (child instanceof ViewNode) counts.set(child, await usesBy(node, child, readSyntax));
    }
    uses.set(node, counts);
  }
  return uses;
}

/** The views that this part of the plan refers to more than once, or from where they could be computed more than once. */
function usedAgain(plan: LogicalPlan, uses: Uses): LogicalPlan[] {
  const sums = new Map<LogicalPlan, number>();
  for (const node of walkPlan(plan)) {
    for (const [view, count] of uses.get(node) ?? []) sums.set(view, (sums.get(view) ?? 0) + count);
  }
  return [...sums].filter(([, count]) => count > 1).map(([view]) => view);
}

async function usesBy(consumer: LogicalPlan, view: ViewNode, readSyntax: SyntaxReader): Promise<number> {
  if (!(consumer instanceof ViewNode)) return 1;
  const { total, evaluatedOnce } = countReferences(await readSyntax(consumer.sql), view.viewName);
  return evaluatedOnce === total ? total : Number.POSITIVE_INFINITY;
}

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
      const kept = new Set<LogicalPlan>();
      for (const output of plan.children) for (const view of await keptViews(output, readSyntax)) kept.add(view);
      // Marked from the top down, so that a node is still the one that was counted.
      return transformPlan<LogicalPlan>(
        plan,
        (node) => (node instanceof ViewNode && !node.inlined && !kept.has(node) ? node.with({ inlined: true }) : node),
        'down',
      );
    },
  };
}

/** The views that this part of the plan refers to more than once, or from where they could be computed more than once. */
async function keptViews(plan: LogicalPlan, readSyntax: SyntaxReader): Promise<ViewNode[]> {
  const uses = new Map<ViewNode, number>();
  for (const node of walkPlan(plan)) {
    for (const child of node.children) {
      if (child instanceof ViewNode) uses.set(child, (uses.get(child) ?? 0) + (await usesBy(node, child, readSyntax)));
    }
  }
  return [...uses].filter(([, count]) => count > 1).map(([view]) => view);
}

async function usesBy(consumer: LogicalPlan, view: ViewNode, readSyntax: SyntaxReader): Promise<number> {
  if (!(consumer instanceof ViewNode)) return 1;
  const { total, evaluatedOnce } = countReferences(await readSyntax(consumer.sql), view.viewName);
  return evaluatedOnce === total ? total : Number.POSITIVE_INFINITY;
}

import { type LogicalPlan, type OptimizerRule, transformPlan, walkPlan } from '@planscope/plan';
import { SpecNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';

/**
 * Marks views that each output refers to at most once, so that they are computed as a part of their consumer and not by
 * themselves.
 */
export const inlineSingleUseViews: OptimizerRule = {
  name: 'inline_single_use_views',
  apply: (plan) => {
    if (!(plan instanceof SpecNode)) return plan;
    const shared = new Set(plan.children.flatMap(sharedNodes));
    // Marked from the top down, so that a node is still the one that was counted.
    return transformPlan<LogicalPlan>(
      plan,
      (node) => (node instanceof ViewNode && !node.inlined && !shared.has(node) ? node.asInlined() : node),
      'down',
    );
  },
};

/** The nodes that have several consumers in this part of the plan. */
function sharedNodes(plan: LogicalPlan): LogicalPlan[] {
  const consumed = [...walkPlan(plan)].flatMap((node) => node.children);
  return consumed.filter((node, index) => consumed.indexOf(node) !== index);
}

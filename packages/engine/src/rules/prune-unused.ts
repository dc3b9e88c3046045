import type { OptimizerRule } from '@planscope/plan';
import { OutputNode } from '../logical/output-node.ts';
import { SpecNode } from '../logical/spec-node.ts';

/** Leaves out inputs and views that no output needs. */
export const pruneUnused: OptimizerRule = {
  name: 'prune_unused',
  apply: (plan) => {
    if (!(plan instanceof SpecNode)) return plan;
    const used = plan.children.filter((child) => child instanceof OutputNode);
    return used.length === plan.children.length ? plan : plan.withNewChildren(used);
  },
};

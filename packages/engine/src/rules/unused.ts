import type { AnalyzerRule, OptimizerRule } from '@planscope/plan';
import { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError } from '../spec/spec-error.ts';

/** Removes inputs and views that no output needs. */
export const pruneUnused: OptimizerRule = {
  name: 'prune_unused',
  apply: (plan) => {
    if (!(plan instanceof SpecNode)) return plan;
    const used = plan.children.filter((child) => child instanceof OutputNode);
    return used.length === plan.children.length ? plan : plan.withNewChildren(used);
  },
};

/** For the `strict` profile: fails if no output needs an input or view. */
export const refuseUnused: AnalyzerRule = {
  name: 'refuse_unused',
  apply: (plan) => {
    const unused = plan instanceof SpecNode ? plan.children.find((child) => !(child instanceof OutputNode)) : undefined;
    if (unused instanceof ViewNode || unused instanceof RelationNode) {
      const message = 'no output needs it; remove it, or use another rulepack profile than strict';
      throw new SpecError('unused-definition', unused.field, message);
    }
    return plan;
  },
};

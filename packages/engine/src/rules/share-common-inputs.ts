import { type OptimizerRule, transformPlan, walkPlan } from '@planscope/plan';
import { RelationNode } from '../logical/relation-node.ts';

/** Merges inputs that read the same location in the same format with the same filters, so that it is fetched once. */
export const shareCommonInputs: OptimizerRule = {
  name: 'share_common_inputs',
  apply: (plan) => {
    const groups = new Map<string, RelationNode[]>();
    for (const node of walkPlan(plan)) {
      if (!(node instanceof RelationNode)) continue;
      const { format, location, filters, access, table, version } = node;
      const key = JSON.stringify([format, location, filters, access, table, version]);
      groups.set(key, [...(groups.get(key) ?? []), node]);
    }
    const merged = new Map<RelationNode, RelationNode>();
    for (const group of groups.values()) {
      const [first] = group;
      if (first === undefined || group.length === 1) continue;
      const together = first.with({ names: group.flatMap(({ names }) => names) });
      for (const node of group) merged.set(node, together);
    }
    if (merged.size === 0) return plan;
    return transformPlan(plan, (node) => (node instanceof RelationNode ? (merged.get(node) ?? node) : node));
  },
};

import { type LogicalPlan, transformPlan } from '@planscope/plan';
import type { InputSource } from '../input/input-source.ts';
import { RelationNode } from '../logical/relation-node.ts';

/** The plan without the objects behind its inputs, which belong to one run. */
export function withoutSources(plan: LogicalPlan): LogicalPlan {
  return withSources(plan, () => undefined);
}

/** The plan with each input reading the objects given for it. */
export function withSources(
  plan: LogicalPlan,
  sourceOf: (relation: RelationNode) => InputSource | undefined,
): LogicalPlan {
  return transformPlan(plan, (node) => (node instanceof RelationNode ? node.with({ source: sourceOf(node) }) : node));
}

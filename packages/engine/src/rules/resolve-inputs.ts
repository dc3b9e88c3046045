import { type AnalyzerRule, type LogicalPlan, transformPlan, walkPlan } from '@planscope/plan';
import type { BackendInputs } from '../backend/engine-backend.ts';
import type { InputSource } from '../input/input-source.ts';
import { RelationNode } from '../logical/relation-node.ts';

/**
 * Finds the objects of every input, with size and etag, without reading them. Objects that were found before planning
 * are not requested again.
 *
 * Fails if a location matches nothing.
 */
export function resolveInputs(inputs: BackendInputs): AnalyzerRule {
  return {
    name: 'resolve_inputs',
    apply: async (plan, context) => {
      const relations = [...walkPlan(plan)].filter((node) => node instanceof RelationNode);
      await inputs.find(relations, context);
      return withSources(plan, (relation) => inputs.found(relation));
    },
  };
}

/** The plan without the objects of its inputs, which belong to one run. */
export function withoutSources(plan: LogicalPlan): LogicalPlan {
  return withSources(plan, () => undefined);
}

/** The plan with the given objects for each input. */
export function withSources(
  plan: LogicalPlan,
  sourceOf: (relation: RelationNode) => InputSource | undefined,
): LogicalPlan {
  return transformPlan(plan, (node) => (node instanceof RelationNode ? node.with({ source: sourceOf(node) }) : node));
}

import { type AnalyzerRule, walkPlan } from '@planscope/plan';
import type { RunInputs } from '../input/run-inputs.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { withSources } from '../reuse/sources.ts';

/**
 * Finds the objects behind every input, with size and etag, without reading them. Objects found before planning are not
 * requested again.
 *
 * Fails on a location that matches nothing.
 */
export function resolveInputs(inputs: RunInputs): AnalyzerRule {
  return {
    name: 'resolve_inputs',
    apply: async (plan, context) => {
      const relations = [...walkPlan(plan)].filter((node) => node instanceof RelationNode);
      await inputs.find(relations, context);
      return withSources(plan, (relation) => inputs.found(relation));
    },
  };
}

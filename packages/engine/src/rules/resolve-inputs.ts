import { type AnalyzerRule, transformPlan, walkPlan } from '@planscope/plan';
import type { InputSource } from '../input/input-source.ts';
import type { RunInputs } from '../input/run-inputs.ts';
import { RelationNode } from '../logical/relation-node.ts';

/**
 * Finds the objects behind every input, with size and etag, without reading them. What was found before the run was planned
 * is not asked for again.
 *
 * Fails on a location that matches nothing.
 */
export function resolveInputs(inputs: RunInputs): AnalyzerRule {
  return {
    name: 'resolve_inputs',
    apply: async (plan, context) => {
      const sources = new Map<RelationNode, InputSource>();
      for (const node of walkPlan(plan)) {
        if (!(node instanceof RelationNode) || node.source !== undefined) continue;
        sources.set(node, await inputs.find(node, context));
      }
      return transformPlan(plan, (node) => {
        const source = node instanceof RelationNode ? sources.get(node) : undefined;
        return node instanceof RelationNode && source !== undefined ? node.with({ source }) : node;
      });
    },
  };
}

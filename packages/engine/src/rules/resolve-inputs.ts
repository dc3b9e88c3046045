import { ObjectStoreError } from '@planscope/object-store';
import { type AnalyzerRule, type PlanningContext, transformPlan, walkPlan } from '@planscope/plan';
import type { InputObject, InputSource } from '../input/input-source.ts';
import { RelationNode } from '../logical/relation-node.ts';
import type { RunStores } from '../run/run-stores.ts';
import { SpecError } from '../spec/spec-error.ts';

/**
 * Finds the objects behind every input, with size and etag, without reading them.
 *
 * Fails on a location that matches nothing.
 *
 * @param note told of every input that was found
 */
export function resolveInputs(
  stores: RunStores,
  note: (relation: RelationNode, source: InputSource) => void,
): AnalyzerRule {
  return {
    name: 'resolve_inputs',
    apply: async (plan, context) => {
      const sources = new Map<RelationNode, InputSource>();
      for (const node of walkPlan(plan)) {
        if (!(node instanceof RelationNode) || node.source !== undefined) continue;
        const source = { objects: await findObjects(stores, node, context) };
        sources.set(node, source);
        note(node, source);
      }
      return transformPlan(plan, (node) => {
        const source = node instanceof RelationNode ? sources.get(node) : undefined;
        return node instanceof RelationNode && source !== undefined ? node.with({ source }) : node;
      });
    },
  };
}

async function findObjects(
  stores: RunStores,
  relation: RelationNode,
  { signal, otelContext, budget }: PlanningContext,
): Promise<readonly InputObject[]> {
  let objects: readonly InputObject[] = [];
  try {
    objects = await stores.find(relation.location, { signal, otelContext, budget });
  } catch (error) {
    if (!ObjectStoreError.isInstance(error) || error.kind !== 'NotFound') throw error;
    throw nothingThere(relation, error);
  }
  if (objects.length === 0) throw nothingThere(relation);
  return objects;
}

function nothingThere(relation: RelationNode, cause?: unknown): SpecError {
  const message = `nothing is at ${relation.location}; check the path, or the pattern if it has one`;
  return new SpecError('input-not-found', `${relation.field}.location`, message, { cause });
}

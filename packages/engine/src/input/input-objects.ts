import { type CallOptions, ObjectStoreError } from '@planscope/object-store';
import type { PlanningContext } from '@planscope/plan';
import type { RelationNode } from '../logical/relation-node.ts';
import type { RunStores } from '../run/run-stores.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { AllowedRoots, Place } from './allowed-roots.ts';
import type { InputObject } from './input-source.ts';

/** Where the objects of inputs are looked for. */
export interface InputPlaces {
  readonly stores: RunStores;
  /** Undefined if locations may be anywhere. */
  readonly roots: AllowedRoots | undefined;
}

/**
 * The objects at the location of an input, with size and etag, sorted by path; at least one.
 *
 * @throws SpecError `input-not-found` for a location that matches nothing, `outside-roots`; other errors of the store,
 * unaltered
 */
export async function findInputObjects(
  relation: RelationNode,
  { stores, roots }: InputPlaces,
  context: PlanningContext,
): Promise<readonly InputObject[]> {
  await checkRoots(relation, roots, [stores.resolve(relation.location)]);
  const objects = await findObjects(stores, relation, context);
  await checkRoots(
    relation,
    roots,
    objects.map(({ store, meta }) => ({ store, path: meta.path })),
  );
  return objects;
}

/** How the stores are called while a run is planned. */
export function callOptions({ signal, otelContext, budget }: PlanningContext): CallOptions {
  return { signal, otelContext, budget };
}

/** Checks objects as well as locations, because a link below the roots may lead outside. */
async function checkRoots(
  { field, location }: RelationNode,
  roots: AllowedRoots | undefined,
  places: readonly Place[],
): Promise<void> {
  if (roots === undefined) return;
  for (const place of places) await roots.check(`${field}.location`, location, place);
}

async function findObjects(
  stores: RunStores,
  relation: RelationNode,
  context: PlanningContext,
): Promise<readonly InputObject[]> {
  let objects: readonly InputObject[] = [];
  try {
    objects = await stores.find(relation.location, callOptions(context));
  } catch (error) {
    if (!ObjectStoreError.isInstance(error) || error.kind !== 'NotFound') throw error;
    throw nothingThere(relation, error);
  }
  if (objects.length === 0) throw nothingThere(relation);
  return objects;
}

function nothingThere(relation: RelationNode, cause?: unknown): SpecError {
  const message = `no object matches ${relation.location}; check the path or the pattern`;
  return new SpecError('input-not-found', `${relation.field}.location`, message, { cause });
}

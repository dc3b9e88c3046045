import { ObjectStoreError } from '@planscope/object-store';
import type { PlanningContext } from '@planscope/plan';
import { canonicalHash, type InputIdentity, inputIdentities } from '../identity/identities.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import type { RunStores } from '../run/run-stores.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { AllowedRoots, Place } from './allowed-roots.ts';
import { type InputSource, objectState } from './input-source.ts';

/** The objects behind the inputs of one run; the stores are asked once for each input. */
export class RunInputs {
  /** Whether a file was written to while its columns were being found, so that they may not belong to the state found here. */
  changed = false;
  readonly #stores: RunStores;
  readonly #roots: AllowedRoots | undefined;
  readonly #found = new Map<string, { readonly relation: RelationNode; readonly source: InputSource }>();

  /** @param roots what locations stay under; default anything */
  constructor(stores: RunStores, roots?: AllowedRoots) {
    this.#stores = stores;
    this.#roots = roots;
  }

  /**
   * Finds the objects behind inputs, with size and etag, without reading them.
   *
   * @throws SpecError `input-not-found` for a location that matches nothing; other errors as the store raised them. Of several
   * errors, that of the first input
   */
  async find(relations: readonly RelationNode[], context: PlanningContext): Promise<void> {
    const found = relations.map((relation) => this.#find(relation, context));
    // No request outlives this call, and which error is thrown does not depend on timing.
    await Promise.allSettled(found);
    await Promise.all(found);
  }

  async #find(relation: RelationNode, context: PlanningContext): Promise<void> {
    if (this.found(relation) !== undefined) return;
    await this.#checkRoots(relation, [this.#stores.resolve(relation.location)]);
    const source = { objects: await findObjects(this.#stores, relation, context) };
    await this.#checkRoots(
      relation,
      source.objects.map(({ store, meta }) => ({ store, path: meta.path })),
    );
    this.#found.set(nameOf(relation), { relation, source });
  }

  /** A link below the roots may lead out of them, so objects are checked like the location that found them. */
  async #checkRoots({ field, location }: RelationNode, places: readonly Place[]): Promise<void> {
    if (this.#roots === undefined) return;
    for (const place of places) await this.#roots.check(`${field}.location`, location, place);
  }

  /** What was found behind an input, under whichever of its names. */
  found(relation: RelationNode): InputSource | undefined {
    return this.#found.get(nameOf(relation))?.source;
  }

  get identities(): InputIdentity[] {
    return [...this.#found.values()].flatMap(({ relation, source }) => inputIdentities(relation, source));
  }

  /** SHA-256 over the state of every object, input by input. */
  fingerprint(): string {
    const states = [...this.#found].map(([name, { source }]) => [name, source.objects.map(objectState)] as const);
    return canonicalHash(Object.fromEntries(states));
  }
}

function nameOf(relation: RelationNode): string {
  const [name = ''] = relation.names;
  return name.toLowerCase();
}

async function findObjects(
  stores: RunStores,
  relation: RelationNode,
  { signal, otelContext, budget }: PlanningContext,
): Promise<InputSource['objects']> {
  let objects: InputSource['objects'] = [];
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

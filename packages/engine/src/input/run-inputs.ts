import { ObjectStoreError } from '@planscope/object-store';
import type { PlanningContext } from '@planscope/plan';
import { canonicalHash, type InputIdentity, inputIdentities } from '../identity/identities.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import type { RunStores } from '../run/run-stores.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { AllowedRoots, Place } from './allowed-roots.ts';
import { type InputSource, objectState } from './input-source.ts';

/** The objects of the inputs of one run, requested from the stores once for each input. */
export class RunInputs {
  /** Whether a file changed while its columns were read, so that they may not match the state recorded here. */
  changed = false;
  readonly #stores: RunStores;
  readonly #roots: AllowedRoots | undefined;
  readonly #found = new Map<string, { readonly relation: RelationNode; readonly source: InputSource }>();

  /** @param roots folders that all locations must be in; default: anywhere */
  constructor(stores: RunStores, roots?: AllowedRoots) {
    this.#stores = stores;
    this.#roots = roots;
  }

  /**
   * Finds the objects of inputs, with size and etag, without reading them. If several inputs fail, it throws the error
   * of the first one.
   *
   * @throws SpecError `input-not-found` for a location that matches nothing; other errors of the store, unaltered
   */
  async find(relations: readonly RelationNode[], context: PlanningContext): Promise<void> {
    const found = relations.map((relation) => this.#find(relation, context));
    // Wait for all, so that no request outlives this call and the error does not depend on timing.
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

  /** Checks objects as well as locations, because a link below the roots may lead outside. */
  async #checkRoots({ field, location }: RelationNode, places: readonly Place[]): Promise<void> {
    if (this.#roots === undefined) return;
    for (const place of places) await this.#roots.check(`${field}.location`, location, place);
  }

  /** The objects of an input; undefined if they are not known yet. */
  found(relation: RelationNode): InputSource | undefined {
    return this.#found.get(nameOf(relation))?.source;
  }

  get identities(): InputIdentity[] {
    return [...this.#found.values()].flatMap(({ relation, source }) => inputIdentities(relation, source));
  }

  /** SHA-256 of the states of all objects. */
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
  const message = `no object matches ${relation.location}; check the path or the pattern`;
  return new SpecError('input-not-found', `${relation.field}.location`, message, { cause });
}

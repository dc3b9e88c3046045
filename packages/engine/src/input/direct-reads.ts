import type { ObjectWatch, SeenObject } from '@planscope/duckdb';
import { ObjectStoreError, overwritten } from '@planscope/object-store';
import { type LogicalPlan, type PlanningContext, walkPlan } from '@planscope/plan';
import { RelationNode } from '../logical/relation-node.ts';
import type { RunStores } from '../run/run-stores.ts';
import { hasStrongETag, type InputObject, objectState } from './input-source.ts';

/** What a request to a store needs of the run. */
type CallContext = Pick<PlanningContext, 'signal' | 'otelContext' | 'budget'>;

/**
 * The objects that DuckDB reads from their stores itself in one run. DuckDB opens them after the run was planned, so that
 * they may have changed. Its log says in which state it found them; a store is asked again for those of which the log says
 * nothing, also where nothing is logged.
 */
export class DirectReads {
  readonly #stores: RunStores;
  /** The states that DuckDB saw, by URL. */
  readonly #seen = new Map<string, SeenObject[]>();

  constructor(stores: RunStores) {
    this.#stores = stores;
  }

  /** Watches the query over a plan; undefined if it reads no objects directly. */
  watch(plan: LogicalPlan): ObjectWatch | undefined {
    if (directInputs(plan).length === 0) return undefined;
    return {
      seen: (objects) => {
        for (const object of objects) {
          this.#seen.set(object.location, [...(this.#seen.get(object.location) ?? []), object]);
        }
      },
      explain: async (error, context) => {
        const found = await this.#check(plan, context, { cause: error }).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        return isChange(found) ? found : error;
      },
    };
  }

  /**
   * Checks that the objects of a plan are still in the state that it was made for.
   *
   * @throws ObjectStoreError Precondition for one that was overwritten, NotFound for one that was removed; other errors of
   * the store, unaltered
   */
  confirm(plan: LogicalPlan, context: CallContext): Promise<void> {
    return this.#check(plan, context);
  }

  /** @param failed for a query that failed: an object may have changed after DuckDB opened it */
  async #check(plan: LogicalPlan, context: CallContext, failed?: { readonly cause: unknown }): Promise<void> {
    const cause = failed?.cause;
    for (const relation of directInputs(plan)) {
      const unknown: InputObject[] = [];
      for (const object of relation.source?.objects ?? []) {
        const isSame = this.#isAsPlanned(object);
        if (isSame === false) throw overwritten(object, cause);
        if (isSame === undefined || failed !== undefined) unknown.push(object);
      }
      if (unknown.length > 0) await this.#ask(relation, unknown, context, cause);
    }
  }

  /** Undefined where the log says nothing that can be compared. */
  #isAsPlanned(object: InputObject): boolean | undefined {
    const found = (this.#seen.get(object.url) ?? []).map((seen) => isSameState(object, seen));
    if (found.includes(false)) return false;
    return found.length === 0 || found.includes(undefined) ? undefined : true;
  }

  /** Asks the store as the planning of the run did. */
  async #ask(
    { location }: RelationNode,
    objects: readonly InputObject[],
    { signal, otelContext, budget }: CallContext,
    cause: unknown,
  ): Promise<void> {
    const found = await this.#stores.find(location, { signal, otelContext, budget });
    const now = new Map(found.map((object) => [object.url, object]));
    for (const object of objects) {
      const current = now.get(object.url);
      if (current === undefined) throw removed(object, cause);
      if (objectState(current) !== objectState(object)) throw overwritten(object, cause);
    }
  }
}

function directInputs(plan: LogicalPlan): RelationNode[] {
  return [...walkPlan(plan)]
    .filter((node) => node instanceof RelationNode)
    .filter(({ source }) => source?.access.way === 'direct' && source.table === undefined);
}

/**
 * Compares what a store said of an object with what DuckDB saw of it.
 *
 * @returns undefined where the two say nothing in common
 */
export function isSameState(object: InputObject, seen: SeenObject): boolean | undefined {
  const { eTag, version, size, lastModified } = object.meta;
  if (seen.size !== undefined && seen.size !== BigInt(size)) return false;
  if (object.url.startsWith('gs:')) {
    // The two interfaces of Google Cloud Storage have different etags for an object.
    return version === undefined || seen.generation === undefined ? undefined : version === seen.generation;
  }
  if (hasStrongETag(object) && seen.etag !== undefined && !/^w\//i.test(seen.etag)) return eTag === seen.etag;
  if (seen.size === undefined || seen.modified === undefined) return undefined;
  return Math.floor(lastModified.getTime() / 1000) === Math.floor(seen.modified / 1000);
}

function isChange(error: unknown): boolean {
  return ObjectStoreError.isInstance(error, 'Precondition') || ObjectStoreError.isInstance(error, 'NotFound');
}

function removed({ store, meta }: InputObject, cause: unknown): ObjectStoreError {
  const text = 'the object was removed after this run had looked at it';
  return new ObjectStoreError('NotFound', text, { store: store.name, path: meta.path, cause });
}

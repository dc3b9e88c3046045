import type { PlanningContext } from '@planscope/plan';
import { canonicalHash, type InputIdentity, inputIdentities } from '../identity/identities.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { isTableFormat } from '../spec/execution-spec.ts';
import { fileAccess } from './direct-access.ts';
import { findInputObjects } from './input-objects.ts';
import { type InputSource, objectState } from './input-source.ts';
import { type LakeTableMeans, LakeTables } from './lake-tables.ts';

/** What finding the inputs of a run needs. */
export type RunInputMeans = LakeTableMeans;

/** The objects of the inputs of one run, requested from the stores once for each input. */
export class RunInputs {
  /** Whether a file changed while its columns were read, so that they may not match the state recorded here. */
  changed = false;
  readonly #means: RunInputMeans;
  readonly #tables: LakeTables;
  readonly #found = new Map<string, { readonly relation: RelationNode; readonly source: InputSource }>();

  constructor(means: RunInputMeans) {
    this.#means = means;
    this.#tables = new LakeTables(means);
  }

  /** The tables of lakes of this run. */
  get tables(): LakeTables {
    return this.#tables;
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
    const source = isTableFormat(relation.format)
      ? await this.#tables.find(relation, context)
      : await this.#findFiles(relation, context);
    this.#found.set(nameOf(relation), { relation, source });
  }

  async #findFiles(relation: RelationNode, context: PlanningContext): Promise<InputSource> {
    const objects = await findInputObjects(relation, this.#means, context);
    return { objects, access: await fileAccess(this.#means.session, relation, objects) };
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
    const states = [...this.#found].map(([name, { source }]) => {
      const { objects, access, table } = source;
      return [name, [access.way, table?.version ?? null, ...objects.map(objectState)]] as const;
    });
    return canonicalHash(Object.fromEntries(states));
  }
}

function nameOf(relation: RelationNode): string {
  const [name = ''] = relation.names;
  return name.toLowerCase();
}

import type { PlanningContext } from '@planscope/plan';
import type { BackendInputs } from '../backend/engine-backend.ts';
import { type InputIdentity, inputIdentities } from '../identity/identities.ts';
import { findInputObjects, type InputPlaces } from '../input/input-objects.ts';
import type { InputSource } from '../input/input-source.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { qualifiedTable, type TableNames } from './table-names.ts';

/** An input and what it is in this run. */
interface FoundInput {
  readonly relation: RelationNode;
  readonly source: InputSource;
}

/** The inputs of one run. Trino does not say in which state a table is, so no later run can rely on it. */
export class TrinoInputs implements BackendInputs {
  readonly changed = false;
  readonly #names: TableNames;
  readonly #places: InputPlaces;
  readonly #found = new Map<string, FoundInput>();

  constructor(names: TableNames, places: InputPlaces) {
    this.#names = names;
    this.#places = places;
  }

  /** Whether a table exists is found out with its columns. */
  async find(relations: readonly RelationNode[], context: PlanningContext): Promise<void> {
    const finding = relations.map((relation) => this.#find(relation, context));
    // Wait for all, so that no request outlives this call and the error does not depend on timing.
    await Promise.allSettled(finding);
    await Promise.all(finding);
  }

  async #find(relation: RelationNode, context: PlanningContext): Promise<void> {
    if (this.found(relation) !== undefined) return;
    const { version } = relation;
    const objects = isOfFiles(relation) ? await findInputObjects(relation, this.#places, context) : [];
    const table = version === undefined ? {} : { table: { version } };
    this.#found.set(keyOf(relation), { relation, source: { objects, access: { way: 'direct' }, ...table } });
  }

  found(relation: RelationNode): InputSource | undefined {
    return this.#found.get(keyOf(relation))?.source;
  }

  get identities(): readonly InputIdentity[] {
    return [...this.#found.values()].flatMap(({ relation, source }) => {
      if (isOfFiles(relation)) return inputIdentities(relation, source);
      const { names, table = '', field, version } = relation;
      return names.map((name) => ({
        name,
        location: qualifiedTable(table, `${field}.table`, this.#names).name,
        format: 'table' as const,
        size: null,
        etag: null,
        ...(version === undefined ? {} : { version }),
      }));
    });
  }

  fingerprint(): undefined {
    return undefined;
  }
}

/** Whether an input is files, and no table of a catalog. */
export function isOfFiles({ location }: RelationNode): boolean {
  return location !== '';
}

function keyOf({ names: [name = ''] }: RelationNode): string {
  return name.toLowerCase();
}

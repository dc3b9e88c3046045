import type { BackendInputs } from '../backend/engine-backend.ts';
import type { InputIdentity } from '../identity/identities.ts';
import type { InputSource } from '../input/input-source.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { qualifiedTable, type TableNames } from './table-names.ts';

/** The tables of one run. Trino does not say in which state a table is, so no later run can rely on it. */
export class TrinoInputs implements BackendInputs {
  readonly changed = false;
  readonly #names: TableNames;
  readonly #found = new Map<string, RelationNode>();

  constructor(names: TableNames) {
    this.#names = names;
  }

  /** Whether a table exists is found out with its columns. */
  async find(relations: readonly RelationNode[]): Promise<void> {
    for (const relation of relations) this.#found.set(keyOf(relation), relation);
  }

  found(relation: RelationNode): InputSource | undefined {
    const known = this.#found.get(keyOf(relation));
    if (known === undefined) return undefined;
    const { version } = known;
    return { objects: [], access: { way: 'direct' }, ...(version === undefined ? {} : { table: { version } }) };
  }

  get identities(): readonly InputIdentity[] {
    return [...this.#found.values()].flatMap(({ names, table = '', field, version }) =>
      names.map((name) => ({
        name,
        location: qualifiedTable(table, `${field}.table`, this.#names).name,
        format: 'table' as const,
        size: null,
        etag: null,
        ...(version === undefined ? {} : { version }),
      })),
    );
  }

  fingerprint(): undefined {
    return undefined;
  }
}

function keyOf({ names: [name = ''] }: RelationNode): string {
  return name.toLowerCase();
}

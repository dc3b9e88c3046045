import type { DuckDBConnection } from '@duckdb/node-api';
import { LIMITS_SQL, type MemoryLimits, memoryLimits } from '../measure/memory-limits.ts';
import { runOwn } from '../measure/own-statement.ts';
import { quoteString } from '../sql/quote.ts';

/** How long what was read counts as current. */
const CURRENT_MS = 1000;
/** The drawing of a query waits no longer, for example for a thread of libuv's pool. */
const LONGEST_WAIT_MS = 1000;

/** What DuckLake calls the database of a catalogue, where `db.system.name` has another name for it. */
const SYSTEMS: Readonly<Record<string, string>> = { postgres: 'postgresql' };

/**
 * What the connection of a log reads of its instance besides the log: limits of memory, and where the catalogues of
 * DuckLakes are. Both are read at most once a second, while queries are measured. Nothing here rejects.
 */
export class InstanceFacts {
  readonly #connection: DuckDBConnection;
  #limits: MemoryLimits | undefined;
  #limitsReadAt = Number.NEGATIVE_INFINITY;
  readonly #systems = new Map<string, { readonly system: Promise<string | undefined>; readonly readAt: number }>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** As they were read last; undefined if that did not succeed. */
  get limits(): MemoryLimits | undefined {
    return this.#limits;
  }

  /** Reads the limits again if they are not current. Does not wait for them. */
  refresh(): void {
    if (performance.now() - this.#limitsReadAt > CURRENT_MS) void this.readLimits();
  }

  async readLimits(): Promise<void> {
    this.#limitsReadAt = performance.now();
    try {
      const [[memory, storage] = []] = await runOwn(this.#connection, `SELECT ${LIMITS_SQL}`);
      this.#limits = memoryLimits(memory, storage);
    } catch {
      this.#limits = undefined;
    }
  }

  /** The databases that hold catalogues, as `db.system.name` names them, by the name under which a DuckLake is attached. */
  async systemsOf(catalogues: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const asked = [...new Set(catalogues)].map(async (name) => {
      const system = await this.#systemOf(name);
      if (system !== undefined) found.set(name, system);
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_WAIT_MS).unref();
    });
    await Promise.race([Promise.all(asked), late]);
    clearTimeout(timer);
    return new Map(found);
  }

  #systemOf(catalogue: string): Promise<string | undefined> {
    const known = this.#systems.get(catalogue);
    const now = performance.now();
    if (known !== undefined && now - known.readAt < CURRENT_MS) return known.system;
    const system = runOwn(
      this.#connection,
      `SELECT catalog_type FROM ducklake_settings(${quoteString(catalogue)})`,
    ).then(
      ([row]) => {
        const type = row?.[0];
        return typeof type === 'string' ? (SYSTEMS[type] ?? type) : undefined;
      },
      () => undefined,
    );
    this.#systems.set(catalogue, { system, readAt: now });
    return system;
  }
}

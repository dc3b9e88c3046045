import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteIdentifier, quoteString } from '../sql/quote.ts';

/** A DuckLake that is attached to a session. */
export interface LakeCatalogue {
  /** The name under which SQL finds it. */
  readonly name: string;
  /** Id of its current snapshot. */
  readonly snapshot: number;
  /** Folder or URL of its data files. */
  readonly dataPath: string;
  /** Detaches it if nothing else uses it. Never rejects; safe to call twice. */
  release(): Promise<void>;
}

interface Attached {
  readonly name: string;
  users: number;
}

/**
 * The DuckLakes of a session, each attached while something uses it: a catalogue in a DuckDB file is locked for other
 * processes meanwhile.
 */
export class LakeCatalogues {
  readonly #connection: DuckDBConnection;
  readonly #attached = new Map<string, Attached>();
  #count = 0;
  /** Attaches and detaches one after another, so that none of them sees another half done. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /**
   * Attaches a DuckLake, unless it is attached already. It must exist.
   *
   * @param location as in ATTACH, for example `ducklake:lake.ducklake`
   * @throws DuckDB's error, unaltered
   */
  use(location: string): Promise<LakeCatalogue> {
    return this.#inTurn(async () => {
      const attached = this.#attached.get(location) ?? (await this.#attach(location));
      attached.users += 1;
      try {
        const name = quoteString(attached.name);
        const snapshot = Number(await this.#value(`SELECT id FROM ducklake_current_snapshot(${name})`));
        const dataPath = `SELECT value FROM ducklake_options(${name}) WHERE option_name = 'data_path'`;
        return this.#lent(location, attached, { snapshot, dataPath: String(await this.#value(dataPath)) });
      } catch (error) {
        await this.#release(location, attached);
        throw error;
      }
    });
  }

  #lent(location: string, attached: Attached, found: Pick<LakeCatalogue, 'snapshot' | 'dataPath'>): LakeCatalogue {
    let isReleased = false;
    const release = async (): Promise<void> => {
      if (isReleased) return;
      isReleased = true;
      await this.#inTurn(() => this.#release(location, attached));
    };
    return { name: attached.name, ...found, release };
  }

  async #attach(location: string): Promise<Attached> {
    this.#count += 1;
    const attached = { name: `planscope_lake_${this.#count}`, users: 0 };
    const name = quoteIdentifier(attached.name);
    await this.#connection.run(`ATTACH ${quoteString(location)} AS ${name} (CREATE_IF_NOT_EXISTS false)`);
    this.#attached.set(location, attached);
    return attached;
  }

  async #release(location: string, attached: Attached): Promise<void> {
    attached.users -= 1;
    if (attached.users > 0) return;
    this.#attached.delete(location);
    await this.#connection.run(`DETACH ${quoteIdentifier(attached.name)}`).catch(() => {});
  }

  async #value(sql: string): Promise<unknown> {
    return (await this.#connection.runAndReadAll(sql)).getRows()[0]?.[0];
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

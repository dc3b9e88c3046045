import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { interruptOnAbort } from '../measure/interrupts.ts';
import { type ExplainedPlans, explainPlans, showingAllPlans } from '../report/explain-plans.ts';
import { confine } from '../session/confine.ts';
import { createViewStatement, type FileBinding } from '../sql/input-binding.ts';
import { quoteString } from '../sql/quote.ts';

/** What a query was planned with. */
export interface MirroredQuery {
  readonly inputs: readonly FileBinding[];
  /** Settings that the instance that ran it was opened with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where that instance may read files; undefined for everywhere. */
  readonly allowedDirectories?: readonly string[] | undefined;
}

/** Settings that would keep the mirror from being opened or set, and that no plan depends on; the last it sets itself. */
const NOT_COPIED = new Set(['access_mode', 'lock_configuration', 'disabled_optimizers']);

/**
 * A DuckDB instance over the same files and with the same settings as another, to plan a query with some of its optimizers:
 * which ones are disabled is a setting of a whole instance.
 */
export class Mirror {
  /** Every optimizer there is, in the order DuckDB lists them. */
  readonly optimizers: readonly string[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, optimizers: readonly string[]) {
    this.#instance = instance;
    this.#connection = connection;
    this.optimizers = optimizers;
  }

  /** @throws what DuckDB says of settings or files */
  static async open({ inputs, settings, allowedDirectories }: MirroredQuery): Promise<Mirror> {
    const copied = Object.entries(settings).filter(([name]) => !NOT_COPIED.has(name.toLowerCase()));
    const instance = await DuckDBInstance.create(':memory:', Object.fromEntries(copied));
    try {
      const connection = await showingAllPlans(await instance.connect());
      // SQL can tell one instance from another and read other files there.
      if (allowedDirectories !== undefined) await confine(connection, allowedDirectories);
      for (const input of inputs) await connection.run(createViewStatement(input));
      const reader = await connection.runAndReadAll('SELECT name FROM duckdb_optimizers()');
      return new Mirror(
        instance,
        connection,
        reader.getRows().map(([name]) => String(name)),
      );
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }

  /**
   * The plans of a query; nothing is executed.
   *
   * @param enabled optimizers that may run
   * @throws what DuckDB says of the query
   */
  async plans(query: string, enabled: ReadonlySet<string>): Promise<ExplainedPlans> {
    const disabled = this.optimizers.filter((name) => !enabled.has(name));
    await this.#connection.run(`SET disabled_optimizers = ${quoteString(disabled.join(','))}`);
    return explainPlans(this.#connection, query);
  }

  /** Stops planning as soon as the signal is aborted; returns what takes that back. */
  interruptOn(signal: AbortSignal): () => void {
    return interruptOnAbort(this.#connection, signal);
  }

  close(): void {
    this.#connection.disconnectSync();
    this.#instance.closeSync();
  }
}

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Run } from '@planscope/run-model';
import { CommandError } from '../command-error.ts';
import { checkDatabaseFile } from '../input/database-file.ts';

/** Version of the table; another one is refused. */
const TABLE = 'planscope_runs_1';

/** A run, and its place in the order in which runs came. */
export interface StoredRun {
  readonly order: number;
  readonly run: Run;
}

/** Runs in a DuckDB file, of which the oldest go when there are too many. */
export class RunStore {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #maxRuns: number;
  /** The connection runs one statement at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, maxRuns: number) {
    this.#instance = instance;
    this.#connection = connection;
    this.#maxRuns = maxRuns;
  }

  /**
   * Opens or creates a file, and its folder.
   *
   * @param maxRuns most runs to keep, from 1
   * @throws CommandError if the file is not a database or cannot be opened, for example because another process has it open
   */
  static async open(file: string, maxRuns: number): Promise<RunStore> {
    await checkDatabaseFile(file);
    try {
      await mkdir(dirname(file), { recursive: true });
      const instance = await DuckDBInstance.create(file);
      const connection = await instance.connect();
      await connection.run(`
        CREATE SEQUENCE IF NOT EXISTS ${TABLE}_order;
        CREATE TABLE IF NOT EXISTS ${TABLE} (
          id VARCHAR PRIMARY KEY,
          received BIGINT DEFAULT nextval('${TABLE}_order'),
          name VARCHAR,
          status VARCHAR,
          start TIMESTAMP,
          duration_ms DOUBLE,
          run VARCHAR
        )`);
      return new RunStore(instance, connection, maxRuns);
    } catch (cause) {
      throw new CommandError(`cannot open ${file}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Adds runs; one with a known id replaces the earlier one. */
  add(runs: readonly Run[]): Promise<void> {
    return this.#next(async () => {
      for (const run of runs) {
        const milliseconds = run.start === undefined ? null : Number(BigInt(run.start) / 1_000_000n);
        await this.#connection.run(
          `INSERT OR REPLACE INTO ${TABLE} (id, name, status, start, duration_ms, run)
           VALUES ($id, $name, $status, make_timestamp_ms($start), $duration, $run)`,
          {
            id: run.id,
            name: run.name,
            status: run.status ?? null,
            start: milliseconds,
            duration: run.duration === undefined ? null : run.duration / 1e6,
            run: JSON.stringify(run),
          },
        );
      }
      await this.#connection.run(
        `DELETE FROM ${TABLE} WHERE received <= (SELECT received FROM ${TABLE} ORDER BY received DESC LIMIT 1 OFFSET $max)`,
        { max: this.#maxRuns },
      );
    });
  }

  /** The runs that came last, the newest first. */
  latest(limit: number): Promise<StoredRun[]> {
    return this.#select('ORDER BY received DESC LIMIT $limit', { limit });
  }

  /** The runs that came after another, in their order; of more than the limit, the last ones. */
  async since(order: number, limit: number): Promise<StoredRun[]> {
    const newest = await this.#select('WHERE received > $order ORDER BY received DESC LIMIT $limit', { order, limit });
    return newest.reverse();
  }

  /** Closes the file, after the last statement. */
  async close(): Promise<void> {
    await this.#next(async () => {
      this.#connection.closeSync();
      this.#instance.closeSync();
    });
  }

  #select(clauses: string, values: Record<string, number>): Promise<StoredRun[]> {
    return this.#next(async () => {
      const reader = await this.#connection.runAndReadAll(`SELECT received, run FROM ${TABLE} ${clauses}`, values);
      return reader
        .getRows()
        .map(([received, run]) => ({ order: Number(received), run: JSON.parse(String(run)) as Run }));
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

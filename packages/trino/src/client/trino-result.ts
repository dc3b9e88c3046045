import { type ColumnType, columnType, type TrinoColumn } from './column-type.ts';
import { rowDecoder } from './row-values.ts';
import type { RunningQuery } from './running-query.ts';

/** A row: one value for each column. */
export type TrinoRow = unknown[];

/** Ends queries whose results the program has dropped, with their spans. */
const lost = new FinalizationRegistry((query: RunningQuery) => void query.cancel());

/**
 * The result of a query, which still runs. Trino holds it back while its rows are not read. Read it once, to the end, or
 * leave the loop or call `cancel()`, which end the query in the cluster.
 */
export class TrinoResult implements AsyncIterable<TrinoRow> {
  readonly queryId: string;
  /** Empty for a statement without a result. */
  readonly columns: readonly TrinoColumn[];
  /** The types of the columns, with those in them. */
  readonly types: readonly ColumnType[];
  readonly #query: RunningQuery;

  /** @internal Made by a client. */
  constructor(query: RunningQuery) {
    this.#query = query;
    this.queryId = query.queryId;
    lost.register(this, query);
    this.columns = query.columns.map(({ name, type }) => ({ name, type }));
    this.types = query.columns.map(columnType);
  }

  /** For a statement that changes something: what it does, for example `CREATE TABLE`. */
  get updateType(): string | undefined {
    return this.#query.updateType;
  }

  /** After the last row, for a statement that changes rows: their number. */
  get updateCount(): number | undefined {
    return this.#query.updateCount;
  }

  /**
   * The rows. A BIGINT is a bigint, smaller integers and floating point numbers are numbers, VARBINARY is a Uint8Array, an
   * ARRAY an array, a MAP a Map, a ROW an object. All others are the exact texts of Trino: DECIMAL, dates and times.
   *
   * @throws TrinoQueryError the failure of the query
   * @throws TrinoClientError the failure of a request
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<TrinoRow, void, undefined> {
    const decode = rowDecoder(this.types);
    for await (const rows of this.#query.pages()) {
      for (const row of rows) yield decode(row);
    }
  }

  /** The rows as objects by the names of the columns. */
  async *objects(): AsyncGenerator<Record<string, unknown>, void, undefined> {
    const names = this.columns.map(({ name }) => name);
    for await (const row of this) yield Object.fromEntries(names.map((name, index) => [name, row[index]]));
  }

  /** The rows as they are in each page of the protocol, for `recordBatches` of `@planscope/trino/arrow`. */
  pages(): AsyncGenerator<readonly (readonly unknown[])[], void, undefined> {
    return this.#query.pages();
  }

  /** Ends the query in the cluster. Resolves without effect if it has ended. */
  cancel(): Promise<void> {
    return this.#query.cancel();
  }
}

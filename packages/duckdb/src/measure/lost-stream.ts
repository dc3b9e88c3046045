import type { DuckDBDataChunk, DuckDBResult, DuckDBType, StatementType } from '@duckdb/node-api';
import type { ChunkSource } from '../arrow/record-batches.ts';
import { DuckDBError } from '../duckdb-error.ts';

/** Not imported as a value: traced connections work with any copy of the driver and load none themselves. */
const INVALID = 0 as StatementType;

/**
 * Whether a result without further chunks broke off. DuckDB ends a failed stream as if it were complete, and the driver
 * reports no error, but the result no longer has a statement type.
 */
export function isBrokenOff(result: DuckDBResult): boolean {
  return result.statementType === INVALID;
}

/** @param rows number of rows that came before */
export function lostStream(rows: number): DuckDBError {
  return new DuckDBError(
    'lost-stream',
    `DuckDB broke off the result after ${rows} rows without an error; possible causes are a failed query, too little memory, an interrupt, or another query on the same connection; run the query materialized to see its error`,
  );
}

/** The chunks of a streaming result. Throws if DuckDB breaks the stream off. */
export class ResultSource implements ChunkSource {
  readonly #result: DuckDBResult;
  #rows = 0;
  #pending: Promise<unknown> | undefined;
  #closedBy: { readonly error: unknown } | undefined;

  constructor(result: DuckDBResult) {
    this.#result = result;
  }

  /** Rows returned so far. */
  get rows(): number {
    return this.#rows;
  }

  columnNames(): string[] {
    return this.#result.columnNames();
  }

  columnTypes(): DuckDBType[] {
    return this.#result.columnTypes();
  }

  /**
   * @returns the next chunk; an empty chunk or null at the end
   * @throws DuckDBError `lost-stream` if the result broke off
   */
  async fetchChunk(): Promise<DuckDBDataChunk | null> {
    this.#throwIfClosed();
    const fetching = this.#result.fetchChunk();
    this.#pending = fetching;
    const chunk = await fetching;
    this.#throwIfClosed();
    if (chunk !== null && chunk.rowCount > 0) {
      this.#rows += chunk.rowCount;
      return chunk;
    }
    if (isBrokenOff(this.#result)) throw lostStream(this.#rows);
    return chunk;
  }

  /**
   * Closes the source and waits for a running fetch.
   *
   * @param reason thrown by every later fetch
   */
  async close(reason: unknown): Promise<void> {
    this.#closedBy ??= { error: reason };
    await this.#pending?.catch(() => {});
  }

  #throwIfClosed(): void {
    if (this.#closedBy !== undefined) throw this.#closedBy.error;
  }
}

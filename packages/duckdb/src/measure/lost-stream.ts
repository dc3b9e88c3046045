import { type DuckDBDataChunk, type DuckDBResult, type DuckDBType, StatementType } from '@duckdb/node-api';
import type { ChunkSource } from '../arrow/record-batches.ts';
import { DuckDBError } from '../duckdb-error.ts';

/**
 * Whether a result that gives no more chunks was broken off. DuckDB ends a failed stream as if it were complete, and the driver
 * does not say so; a broken one has lost its statement.
 */
export function isBrokenOff(result: DuckDBResult): boolean {
  return result.statementType === StatementType.INVALID;
}

/** @param rows that came before */
export function lostStream(rows: number): DuckDBError {
  return new DuckDBError(
    'lost-stream',
    `DuckDB broke off the result after ${rows} rows without saying why: an error while it ran, out of memory, an interrupt, or another query on the same connection; run the query materialised to see its error`,
  );
}

/** The chunks of a streaming result. Throws if DuckDB broke the stream off. */
export class ResultSource implements ChunkSource {
  readonly #result: DuckDBResult;
  #rows = 0;
  #pending: Promise<unknown> | undefined;
  #closedBy: { readonly error: unknown } | undefined;

  constructor(result: DuckDBResult) {
    this.#result = result;
  }

  /** Rows handed out so far. */
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
   * @returns the next chunk, an empty one or null at the end
   * @throws DuckDBError `lost-stream` when the result broke off
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
   * Ends it for good, once a fetch under way has come back.
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

import type { DuckDBDataChunk, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import { StatementType } from '@duckdb/node-api';
import type { ChunkSource } from '../arrow/record-batches.ts';
import { DuckDBError } from '../duckdb-error.ts';

/**
 * The chunks of a streaming result. DuckDB ends a stream that failed as if it were complete; here it throws.
 */
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
    // The driver says nothing of an error after the first chunk; that the result has lost its statement does.
    if (this.#result.statementType === StatementType.INVALID) throw this.#lost();
    return chunk;
  }

  /**
   * Ends it for good, once a fetch under way has come back.
   *
   * @param reason thrown at whoever fetches from now on
   */
  async close(reason: unknown): Promise<void> {
    this.#closedBy ??= { error: reason };
    await this.#pending?.catch(() => {});
  }

  #throwIfClosed(): void {
    if (this.#closedBy !== undefined) throw this.#closedBy.error;
  }

  #lost(): DuckDBError {
    return new DuckDBError(
      'lost-stream',
      `DuckDB broke off the result after ${this.#rows} rows without saying why: an error while it ran, out of memory or an interrupt; run the query materialised to see its error`,
    );
  }
}

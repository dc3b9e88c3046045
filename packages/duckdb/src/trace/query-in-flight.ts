import { type DuckDBResult, StatementType } from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { DuckDBError } from '../duckdb-error.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import type { QuerySpan } from './query-span.ts';
import { lostStreamWarning } from './trace-warnings.ts';

/** What a query needs of the connection it runs on. */
export interface QuerySurroundings {
  /** Its profile, where it is certain that it is its own. */
  takeProfile(): { readonly profile?: QueryProfile; readonly warnings: readonly RunWarning[] };
  /** Warnings about so many rows held at once. */
  materialized(rows: number): readonly RunWarning[];
  /** Whether the program has interrupted the connection since the query began. */
  wasInterrupted(): boolean;
  /** Its statement does not run any more, but rows may still be fetched. */
  idle(): void;
  /** Nothing more comes. */
  over(): void;
  readonly throwsLostErrors: boolean;
}

/** One query on its way: what the calls of the driver report to. */
export class QueryInFlight {
  readonly #span: QuerySpan;
  readonly #surroundings: QuerySurroundings;
  #rows = 0;

  constructor(span: QuerySpan, surroundings: QuerySurroundings) {
    this.#span = span;
    this.#surroundings = surroundings;
  }

  /** The result is there in full. */
  materialized(rows: number): void {
    this.#rows = rows;
    this.#succeeded(this.#surroundings.materialized(rows));
  }

  /** The driver threw. */
  failed(error: unknown, warnings: readonly RunWarning[] = []): void {
    this.#surroundings.over();
    this.#span.end({ status: 'error', error, rows: this.#rows, warnings });
  }

  /** DuckDB hands out rows from here on. */
  streaming(): void {
    this.#surroundings.idle();
  }

  fetched(rows: number): void {
    this.#rows += rows;
  }

  /**
   * The stream gave its last chunk.
   *
   * @throws DuckDBError `lost-stream` when DuckDB broke it off, where the program asked for that
   */
  drained(result: DuckDBResult): void {
    if (result.statementType !== StatementType.INVALID) {
      this.#succeeded([]);
    } else if (this.#surroundings.wasInterrupted()) {
      this.abandoned();
    } else {
      const error = lostStream(this.#rows);
      this.failed(error, [lostStreamWarning(this.#rows)]);
      if (this.#surroundings.throwsLostErrors) throw error;
    }
  }

  /** Nobody will fetch the rest. */
  abandoned(): void {
    this.#surroundings.over();
    this.#span.end({ status: 'cancelled', rows: this.#rows });
  }

  #succeeded(found: readonly RunWarning[]): void {
    const { profile, warnings } = this.#surroundings.takeProfile();
    this.#surroundings.over();
    this.#span.end({ status: 'ok', rows: this.#rows, profile, warnings: [...found, ...warnings] });
  }
}

function lostStream(rows: number): DuckDBError {
  const text = `DuckDB broke off the result after ${rows} rows without saying why: an error while it ran, out of memory, or another query on the same connection`;
  return new DuckDBError('lost-stream', text);
}

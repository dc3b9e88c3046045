import { type DuckDBResult, StatementType } from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { DuckDBError } from '../duckdb-error.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import type { QueryActivity } from './query-activity.ts';
import type { QueryEnd, QuerySpan } from './query-span.ts';
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
  over(activity: QueryActivity | undefined): void;
  readonly throwsLostErrors: boolean;
}

/** One query on its way: what the calls of the driver report to. */
export class QueryInFlight {
  readonly #span: QuerySpan;
  readonly #surroundings: QuerySurroundings;
  #activity: QueryActivity | undefined;
  #rows = 0;

  constructor(span: QuerySpan, surroundings: QuerySurroundings) {
    this.#span = span;
    this.#surroundings = surroundings;
  }

  /** Whether anybody will see its span. */
  get isRecorded(): boolean {
    return this.#span.isRecorded;
  }

  /** A value was bound to one of its parameters. */
  bound(key: string, text: string): void {
    this.#span.setParameter(key, text);
  }

  /** Has its reads and writes told at its end, which then has to be waited for. */
  counts(activity: QueryActivity): void {
    this.#activity = activity;
  }

  /** The result is there in full. */
  materialized(rows: number): Promise<void> | undefined {
    this.#rows = rows;
    return this.#succeeded(this.#surroundings.materialized(rows));
  }

  /** The driver threw. */
  failed(error: unknown, warnings: readonly RunWarning[] = []): Promise<void> | undefined {
    return this.#end({ status: 'error', error, warnings });
  }

  /** DuckDB hands out rows from here on. */
  streaming(): void {
    this.#surroundings.idle();
    if (this.#activity !== undefined) this.#activity.isIdle = true;
  }

  fetched(rows: number): void {
    this.#rows += rows;
  }

  /**
   * The stream gave its last chunk.
   *
   * @throws DuckDBError `lost-stream` when DuckDB broke it off, where the program asked for that
   */
  async drained(result: DuckDBResult): Promise<void> {
    if (result.statementType !== StatementType.INVALID) {
      await this.#succeeded([]);
    } else if (this.#surroundings.wasInterrupted()) {
      await this.abandoned();
    } else {
      const error = lostStream(this.#rows);
      await this.failed(error, [lostStreamWarning(this.#rows)]);
      if (this.#surroundings.throwsLostErrors) throw error;
    }
  }

  /** Nobody will fetch the rest. */
  abandoned(): Promise<void> | undefined {
    return this.#end({ status: 'cancelled' });
  }

  #succeeded(found: readonly RunWarning[]): Promise<void> | undefined {
    const { profile, warnings } = this.#surroundings.takeProfile();
    return this.#end({ status: 'ok', profile, warnings: [...found, ...warnings] });
  }

  #end(end: Omit<QueryEnd, 'rows' | 'activity'>): Promise<void> | undefined {
    const activity = this.#activity?.take();
    this.#surroundings.over(this.#activity);
    return this.#span.end({ ...end, rows: this.#rows, activity });
  }
}

function lostStream(rows: number): DuckDBError {
  const text = `DuckDB broke off the result after ${rows} rows without saying why: an error while it ran, out of memory, or another query on the same connection`;
  return new DuckDBError('lost-stream', text);
}

import type { Preparer } from '../events/connection-events.ts';
import type { LogProblem } from '../events/event-log.ts';
import type { FileActivityTally } from '../events/file-activity.ts';

/** Why a query has no events, or no profile. */
export type MeasurementGap = LogProblem | 'other-instance' | 'ambiguous';

/** What one query read and wrote, or why that is not known. */
export type QueryActivity = FileActivityTally | { readonly gap: MeasurementGap };

/** What DuckDB wrote about one query, unparsed. */
export interface RawMeasurement {
  /** The profile as JSON text. */
  readonly profile?: string | undefined;
  /** Finds what it read and wrote, which parses the log; absent if the log is not used. */
  readonly activity?: () => QueryActivity;
  /** Another query ran on the connection at the same time, so neither has a profile. */
  readonly isAmbiguous: boolean;
}

/** Learns what happens to a measured query. */
export interface QueryObserver {
  /** DuckDB has dropped the rest of its rows, because another statement runs on its connection. */
  displaced(): void;
}

/** One query while it is measured. */
export interface MeasuredQuery {
  /** Rows may still be fetched, but DuckDB drops them as soon as something else runs on the connection. */
  idle(): void;
  /** It runs again. */
  resume(): void;
  /**
   * Takes the raw texts, within microseconds. Only the first call counts.
   *
   * @returns a promise only if the query was displaced: its last events come with those of the next one
   */
  end(): RawMeasurement | Promise<RawMeasurement>;
  /** As `end`, for a query whose rows will not be fetched though DuckDB still holds them. */
  abandon(): RawMeasurement | Promise<RawMeasurement>;
  /** The measurement is not needed any more. */
  drop(): void;
  /** The program has interrupted the connection since it began. */
  readonly wasInterrupted: boolean;
}

/** What a query is measured with. */
export interface MeasuredQueryOptions {
  /** Length of its text. */
  readonly characters: number;
  readonly profile: boolean;
  /** When it began, in nanoseconds since the Unix epoch. */
  readonly start: bigint;
  readonly observer: QueryObserver;
  /** What preparing its statement has read before. */
  readonly prepared?: Preparer | undefined;
}

import type { ExecutionStatus } from '@planscope/plan';
import { ActivityTally } from '../events/activity-tally.ts';
import type { Preparer } from '../events/connection-events.ts';
import type { LogProblem, LogUse } from '../events/event-log.ts';
import type { PeakOrigins } from '../profile/own-peaks.ts';
import { StatementInFlight } from './statements-in-flight.ts';

/** Why a query has no events, or no profile. */
export type MeasurementGap = LogProblem | 'other-instance' | 'ambiguous';

/** What one query read and wrote, or why that is not known. */
export type QueryActivity = ActivityTally | { readonly gap: MeasurementGap };

/** What DuckDB wrote about one query, unparsed. */
export interface RawMeasurement {
  /** The profile as JSON text. */
  readonly profile?: string | undefined;
  /** What else may be in the peaks of the profile. */
  readonly peakOrigins?: PeakOrigins | undefined;
  /** Parses the log to find what the query read and wrote; absent if the log is not used. */
  readonly activity?: () => QueryActivity;
  /** True if another query ran on the connection at the same time, so neither has a profile. */
  readonly isAmbiguous: boolean;
}

/** Is notified of what happens to a measured query. */
export interface QueryObserver {
  /** Called when DuckDB drops the remaining rows because another statement runs on the connection. */
  displaced(): void;
}

/** One query while it is measured. */
export interface MeasuredQuery {
  /**
   * Marks it as idle: rows can still be fetched, but DuckDB drops them when another statement runs on the connection.
   */
  idle(): void;
  /** Marks it as running again. */
  resume(): void;
  /**
   * Takes the raw texts, within microseconds. Only the first call has an effect.
   *
   * @param status how it ended
   * @returns a promise only if the query was displaced: its last events come with those of the next query
   */
  end(status: ExecutionStatus): RawMeasurement | Promise<RawMeasurement>;
  /** Like `end`, for a query whose remaining rows will not be fetched although DuckDB still holds them. */
  abandon(): RawMeasurement | Promise<RawMeasurement>;
  /** Discards the measurement. */
  drop(): void;
  /** Whether the program has interrupted the connection since the query started. */
  readonly wasInterrupted: boolean;
}

/** How a query is measured. */
export interface MeasuredQueryOptions {
  /** Length of its text. */
  readonly characters: number;
  readonly profile: boolean;
  /** Start time in nanoseconds since the Unix epoch. */
  readonly start: bigint;
  readonly observer: QueryObserver;
  /** The reads that happened while its statement was prepared. */
  readonly prepared?: Preparer | undefined;
}

/** What a query needs from its connection. */
export interface QuerySurroundings {
  /** Number of interrupts by the program so far. */
  interrupts(): number;
  ended(query: OpenQuery, status: ExecutionStatus): RawMeasurement | Promise<RawMeasurement>;
  dropped(query: OpenQuery): RawMeasurement;
}

/** One query of a connection, from its start to its measurement, with the state that the connection keeps for it. */
export class OpenQuery implements MeasuredQuery {
  readonly options: MeasuredQueryOptions;
  isAmbiguous = false;
  isIdle = false;
  isDisplaced = false;
  isProfiled = false;
  readonly inFlight: StatementInFlight = new StatementInFlight();
  logUse: LogUse | undefined;
  preparer: Preparer | undefined;
  settle: (activity: QueryActivity) => void = () => {};
  readonly #surroundings: QuerySurroundings;
  readonly #interruptsBefore: number;
  #ended: RawMeasurement | Promise<RawMeasurement> | undefined;

  constructor(surroundings: QuerySurroundings, options: MeasuredQueryOptions) {
    this.#surroundings = surroundings;
    this.#interruptsBefore = surroundings.interrupts();
    this.options = options;
  }

  get wasInterrupted(): boolean {
    return this.#surroundings.interrupts() > this.#interruptsBefore;
  }

  idle(): void {
    this.isIdle = true;
  }

  resume(): void {
    this.isIdle = false;
  }

  /** Records that DuckDB drops its remaining rows for another statement. */
  displace(): void {
    this.isDisplaced = true;
    this.options.observer.displaced();
  }

  /** What it read and wrote, and what preparing it did. */
  activity(tallies: readonly ActivityTally[]): ActivityTally {
    const preparers = [this.options.prepared, this.preparer].flatMap((preparer) => preparer?.activity ?? []);
    const all = new ActivityTally();
    for (const tally of [...preparers, ...tallies]) all.merge(tally);
    return all;
  }

  abandon(): RawMeasurement | Promise<RawMeasurement> {
    this.isDisplaced = true;
    return this.end('cancelled');
  }

  drop(): void {
    this.#ended ??= this.#surroundings.dropped(this);
  }

  end(status: ExecutionStatus): RawMeasurement | Promise<RawMeasurement> {
    this.#ended ??= this.#surroundings.ended(this, status);
    return this.#ended;
  }
}

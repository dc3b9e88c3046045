import { ActivityTally } from '../events/activity-tally.ts';
import type { Preparer } from '../events/connection-events.ts';
import type { LogProblem, LogUse } from '../events/event-log.ts';

/** Why a query has no events, or no profile. */
export type MeasurementGap = LogProblem | 'other-instance' | 'ambiguous';

/** What one query read and wrote, or why that is not known. */
export type QueryActivity = ActivityTally | { readonly gap: MeasurementGap };

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

/** What a query needs of its connection. */
export interface QuerySurroundings {
  /** Interrupts by the program so far. */
  interrupts(): number;
  ended(query: OpenQuery): RawMeasurement | Promise<RawMeasurement>;
  dropped(query: OpenQuery): RawMeasurement;
}

/** One query of a connection from its begin to its measurement, as the connection sees it. */
export class OpenQuery implements MeasuredQuery {
  readonly options: MeasuredQueryOptions;
  isAmbiguous = false;
  isIdle = false;
  isDisplaced = false;
  isProfiled = false;
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

  /** DuckDB drops the rest of its rows for another statement. */
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
    return this.end();
  }

  drop(): void {
    this.#ended ??= this.#surroundings.dropped(this);
  }

  end(): RawMeasurement | Promise<RawMeasurement> {
    this.#ended ??= this.#surroundings.ended(this);
    return this.#ended;
  }
}

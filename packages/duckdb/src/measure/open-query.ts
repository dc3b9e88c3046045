import type { Preparer } from '../events/connection-events.ts';
import { FileActivityTally } from '../events/file-activity.ts';
import type { MeasuredQuery, MeasuredQueryOptions, QueryActivity, RawMeasurement } from './measured-query.ts';

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
  isLogged = false;
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
  activity(tallies: readonly FileActivityTally[]): FileActivityTally {
    const preparers = [this.options.prepared, this.preparer].flatMap((preparer) => preparer?.activity ?? []);
    const all = new FileActivityTally();
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

import { ActivityTally } from './activity-tally.ts';
import type { EngineEvent, EventKind } from './engine-event.ts';

/** Tolerance between the clocks of Node.js and DuckDB, in nanoseconds. */
const CLOCK_TOLERANCE = 200_000n;

/** A call during which a statement is prepared. DuckDB's log does not show which statement it prepares. */
export interface Preparer {
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  /** What preparing has read so far. */
  readonly activity: ActivityTally;
}

/** @param start nanoseconds since the Unix epoch */
export function createPreparer(start: bigint): Preparer {
  return { start, activity: new ActivityTally() };
}

/** Collects the events of one connection, query by query. */
export class ConnectionEvents {
  #queries = new Map<string, ActivityTally>();
  #preparers: Preparer[] = [];
  readonly #kinds: ReadonlySet<EventKind>;

  /** @param kinds of the events that are collected; other connections may have the log tell more */
  constructor(kinds: Iterable<EventKind>) {
    this.#kinds = new Set(kinds);
  }

  /** Assigns the events of later preparations to a preparer, until the next preparer claims them. */
  claim(preparer: Preparer): void {
    this.#preparers.push(preparer);
  }

  /** @param queryId undefined for an event outside of a query */
  add(queryId: string | undefined, event: EngineEvent): void {
    if (this.#kinds.has(event.kind)) this.#tally(queryId, event)?.add(event);
  }

  /** The events of queries since they were last taken, in the order in which the queries ran. */
  take(): ActivityTally[] {
    const tallies = [...this.#queries].sort(([left], [right]) => Number(left) - Number(right));
    this.#queries = new Map();
    return tallies.map(([, tally]) => tally);
  }

  /**
   * Forgets preparers that started before a time up to which the log has been read, because they have all their events.
   */
  forgetPreparers(before: bigint): void {
    this.#preparers = this.#preparers.filter(({ start }) => start >= before);
  }

  #tally(queryId: string | undefined, { time }: EngineEvent): ActivityTally | undefined {
    if (queryId === undefined) {
      return this.#preparers.findLast(({ start }) => start <= time + CLOCK_TOLERANCE)?.activity;
    }
    let tally = this.#queries.get(queryId);
    if (tally === undefined) {
      tally = new ActivityTally();
      this.#queries.set(queryId, tally);
    }
    return tally;
  }
}

import { ActivityTally } from './activity-tally.ts';
import type { EngineEvent, EventKind } from './engine-event.ts';

/** Our clock and DuckDB's agree to a fraction of a millisecond. */
const CLOCK_TOLERANCE = 200_000n;

/** Something in whose time a statement is prepared. DuckDB does not say what it prepares. */
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

  /** Gives the events of statements that are prepared from now on to a preparer, until the next one claims them. */
  claim(preparer: Preparer): void {
    this.#preparers.push(preparer);
  }

  /** @param queryId undefined for what happened within no query */
  add(queryId: string | undefined, event: EngineEvent): void {
    if (this.#kinds.has(event.kind)) this.#tally(queryId, event)?.add(event);
  }

  /** The events of queries since they were last taken, in the order in which the queries ran. */
  take(): ActivityTally[] {
    const tallies = [...this.#queries].sort(([left], [right]) => Number(left) - Number(right));
    this.#queries = new Map();
    return tallies.map(([, tally]) => tally);
  }

  /** The log has been read past this time: earlier statements have all their events. */
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

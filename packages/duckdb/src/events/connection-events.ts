import { FileActivityTally } from './file-activity.ts';
import type { EngineEvent } from './log-record.ts';

/** Our clock and DuckDB's agree to a fraction of a millisecond. */
const CLOCK_TOLERANCE = 200_000n;

/** Something in whose time a statement is prepared. DuckDB does not say what it prepares. */
export interface Preparer {
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  /** What preparing has read so far. */
  readonly activity: FileActivityTally;
}

/** @param start nanoseconds since the Unix epoch */
export function createPreparer(start: bigint): Preparer {
  return { start, activity: new FileActivityTally() };
}

/** Collects the events of one connection, query by query. */
export class ConnectionEvents {
  #queries = new Map<string, FileActivityTally>();
  #preparers: Preparer[] = [];

  /** Gives the events of statements that are prepared from now on to a preparer, until the next one claims them. */
  claim(preparer: Preparer): void {
    this.#preparers.push(preparer);
  }

  /** @param queryId undefined for what happened within no query */
  add(queryId: string | undefined, event: EngineEvent): void {
    this.#tally(queryId, event)?.add(event);
  }

  /** The events of queries since they were last taken, in the order in which the queries ran. */
  take(): FileActivityTally[] {
    const tallies = [...this.#queries].sort(([left], [right]) => Number(left) - Number(right));
    this.#queries = new Map();
    return tallies.map(([, tally]) => tally);
  }

  /** The log has been read past this time: earlier statements have all their events. */
  forgetPreparers(before: bigint): void {
    this.#preparers = this.#preparers.filter(({ start }) => start >= before);
  }

  #tally(queryId: string | undefined, { time }: EngineEvent): FileActivityTally | undefined {
    if (queryId === undefined) {
      return this.#preparers.findLast(({ start }) => start <= time + CLOCK_TOLERANCE)?.activity;
    }
    let tally = this.#queries.get(queryId);
    if (tally === undefined) {
      tally = new FileActivityTally();
      this.#queries.set(queryId, tally);
    }
    return tally;
  }
}

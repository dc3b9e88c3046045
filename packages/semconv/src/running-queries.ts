/** A query that has been sent to an engine and is not over. */
export interface RunningQuery {
  /** The statement and the relations it names, without values. */
  readonly summary: string;
  /** The kind of statement in upper case. */
  readonly operation: string;
  /** Time since it was sent. */
  readonly seconds: number;
  /** From 0 to 100; absent if the engine does not track the progress of the query. */
  readonly percent?: number;
  /** Rows that were processed, of those that the engine expects. Absent together with `percent`. */
  readonly rows?: number;
  readonly totalRows?: number;
}

// All copies of all packages in a process share one list.
const key = Symbol.for('planscope.running-queries.1');
const holder = globalThis as { [key]?: Map<symbol, () => RunningQuery[]> };
holder[key] ??= new Map();
const sources: Map<symbol, () => RunningQuery[]> = holder[key];

/**
 * Registers what lists the running queries of an engine.
 *
 * @param engine registered once, however many copies of its package a process has
 */
export function addRunningQueries(engine: symbol, list: () => RunningQuery[]): void {
  if (!sources.has(engine)) sources.set(engine, list);
}

/** The traced queries of all engines that run now in this process, the longest first. */
export function allRunningQueries(): RunningQuery[] {
  return [...sources.values()].flatMap((list) => list()).sort((one, other) => other.seconds - one.seconds);
}

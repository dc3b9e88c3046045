/** A query that has been sent to an engine and is not over. */
export interface RunningQuery {
  /** The engine that runs it, as in `db.system.name`: `duckdb` or `trino`. */
  readonly engine: string;
  /** The statement and the relations it names, without values. */
  readonly summary: string;
  /** The kind of statement in upper case. */
  readonly operation: string;
  /** Time since it was sent. */
  readonly seconds: number;
  /** The engine's id of the query, for example to end it there. */
  readonly queryId?: string;
  /** What the engine does with it, in its own words: Trino's `QUEUED`, `PLANNING`, `RUNNING` and others. */
  readonly state?: string;
  /** From 0 to 100; absent if the engine does not track the progress of the query. */
  readonly percent?: number;
  /** Rows that were processed. */
  readonly rows?: number;
  /** Rows that the engine expects to process. */
  readonly totalRows?: number;
  /** Bytes that were processed. */
  readonly bytes?: number;
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

/** The queries of all engines that run now in this process, the longest first. */
export function allRunningQueries(): RunningQuery[] {
  return [...sources.values()].flatMap((list) => list()).sort((one, other) => other.seconds - one.seconds);
}

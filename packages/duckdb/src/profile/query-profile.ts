/**
 * DuckDB's measurements for one statement, independent of its version. Times in nanoseconds, sizes in bytes; a count
 * beyond 2^53 is rounded to the nearest double. What DuckDB did not measure, or counts wrong, is absent.
 */
export interface QueryProfile {
  /** Absent if the profile is not detailed. */
  readonly planning?: PlanningProfile;
  /** Text of the statement. */
  readonly query?: string;
  /** Present if the statement did not run to its end. Its operators then have no numbers. */
  readonly isUnfinished?: true;
  /** From the start of the statement to the end of its rows, with the time in which the reader of a stream pauses. */
  readonly duration?: number;
  readonly rowsReturned?: number;
  /** Peak memory of the buffers of the whole instance while the statement ran. Absent in DuckDB 1.5 if it may be older. */
  readonly peakMemory?: number;
  /**
   * Peak size of the temporary folder of the whole instance while the statement ran. Absent in DuckDB 1.5 if it may be
   * older.
   */
  readonly peakTemporaryStorage?: number;
  /**
   * Bytes that the statement itself spilled at least. DuckDB 2 misses a part of them; of 1.5, it is known only of a
   * statement that ran alone.
   */
  readonly leastSpilled?: number;
  /** Absent in DuckDB 1.5, whose totals are wrong. */
  readonly io?: ProfiledIo;
  readonly operators: readonly ProfiledOperator[];
}

/** What one statement read and wrote. */
export interface ProfiledIo {
  /** From files, database files, and temporary files. */
  readonly bytesRead?: number;
  readonly reads?: number;
  /** Time of the calls that read, summed over all threads. */
  readonly readTime?: number;
  /** To files, without temporary files. */
  readonly bytesWritten?: number;
  /** Absent if the statement spilled, because DuckDB counts the writes of temporary files with the others. */
  readonly writes?: number;
  /** Time of the calls that write, summed over all threads; absent like `writes`. */
  readonly writeTime?: number;
}

/** Durations of the planner's steps. DuckDB reports neither their order nor their start times. */
export interface PlanningProfile {
  /** From the parsed statement to the logical plan, including binding. */
  readonly planner: number;
  readonly binding: number;
  /** Total of all optimizers. */
  readonly optimizers: number;
  /** The optimizers that ran, sorted by name. */
  readonly optimizer: readonly TimedStep[];
  readonly physicalPlanner: number;
  readonly physicalSteps: readonly TimedStep[];
}

export interface TimedStep {
  readonly name: string;
  readonly duration: number;
}

/** An operator. All numbers are absent in a statement that did not run to its end. */
export interface ProfiledOperator {
  /** For example `READ_PARQUET`. */
  readonly name: string;
  /** For example `TABLE_SCAN`. */
  readonly type: string;
  readonly rows?: number;
  /** Time of this operator alone, summed over all threads. */
  readonly time?: number;
  /** Time of this operator and everything below it, summed over all threads. */
  readonly cumulativeTime?: number;
  /** DuckDB's counter, which is not the number of rows read: see `docs/counters-that-lie.md`. */
  readonly rowsScanned?: number;
  /** DuckDB's counter, which is not the number of bytes read: it counts whole column chunks. */
  readonly bytesScanned?: number;
  /** Row groups of a scan of Parquet files; DuckDB 1.5 does not report them. */
  readonly rowGroups?: { readonly scanned: number; readonly total: number };
  /** Size in memory of the fixed-width part of the output rows. */
  readonly resultSetSize?: number;
  readonly extraInfo: ExtraInfo;
  readonly children: readonly ProfiledOperator[];
}

/** DuckDB's description of an operator, by title. */
export type ExtraInfo = Readonly<Record<string, string | readonly string[]>>;

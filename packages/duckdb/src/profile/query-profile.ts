/** DuckDB's measurements for one statement, independent of its version. Times in nanoseconds, sizes in bytes. */
export interface QueryProfile {
  /** Absent if the profile is not detailed. */
  readonly planning?: PlanningProfile;
  /** Text of the statement. */
  readonly query?: string;
  readonly rowsReturned: number;
  /** Peak memory of the buffers of the whole instance while the statement ran. */
  readonly peakMemory: number;
  /** Peak size of the temporary folder of the whole instance while the statement ran. */
  readonly peakTemporaryStorage: number;
  readonly operators: readonly ProfiledOperator[];
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

export interface ProfiledOperator {
  /** For example `READ_PARQUET`. */
  readonly name: string;
  /** For example `TABLE_SCAN`. */
  readonly type: string;
  readonly rows: number;
  /** Time of this operator alone, summed over all threads. */
  readonly time: number;
  /** Time of this operator and everything below it, summed over all threads. */
  readonly cumulativeTime: number;
  /** DuckDB's counter; for Parquet and CSV files, it is a multiple of the rows in the file. */
  readonly rowsScanned: number;
  /** Size in memory of the fixed-width part of the output rows. */
  readonly resultSetSize: number;
  readonly extraInfo: ExtraInfo;
  readonly children: readonly ProfiledOperator[];
}

/** DuckDB's description of an operator, by title. */
export type ExtraInfo = Readonly<Record<string, string | readonly string[]>>;

/** What DuckDB measured of one statement, whatever the version that wrote it. Times in nanoseconds, sizes in bytes. */
export interface QueryProfile {
  /** Absent where the profile was not taken in detail. */
  readonly planning?: PlanningProfile;
  /** The statement it is of. */
  readonly query?: string;
  readonly rowsReturned: number;
  /** Most memory that the buffers of the whole instance held while the statement ran. */
  readonly peakMemory: number;
  /** Most that lay in the temporary folder of the whole instance while the statement ran. */
  readonly peakTemporaryStorage: number;
  readonly operators: readonly ProfiledOperator[];
}

/** Durations of the planner's steps. DuckDB tells neither their order nor when they began. */
export interface PlanningProfile {
  /** Parsed statement to logical plan; binding is part of it. */
  readonly planner: number;
  readonly binding: number;
  /** All optimizers together. */
  readonly optimizers: number;
  /** Each that ran, by name. */
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
  /** Own time over all threads. */
  readonly time: number;
  /** Own time and that of everything below, over all threads. */
  readonly cumulativeTime: number;
  /** As DuckDB counts it; on Parquet and CSV a multiple of the rows that are there. */
  readonly rowsScanned: number;
  /** Fixed-width part of the rows it put out, as they lie in memory. */
  readonly resultSetSize: number;
  readonly extraInfo: ExtraInfo;
  readonly children: readonly ProfiledOperator[];
}

/** What an operator says of itself, under DuckDB's own titles. */
export type ExtraInfo = Readonly<Record<string, string | readonly string[]>>;

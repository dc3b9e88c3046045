import type { MetricReport } from '@planscope/plan';
import { METRIC_CUMULATIVE_COMPUTE, METRIC_PEAK_MEMORY } from '@planscope/semconv';
import { METRIC_PEAK_TEMPORARY_STORAGE } from '../semconv.ts';

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

const NANOSECONDS_PER_SECOND = 1e9;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** What is said of a query without reading its profile in full: a metric, its line in the profile, and its factor. */
const NUMBERS: readonly (readonly [metric: Omit<MetricReport, 'value'>, line: RegExp, factor: number])[] = [
  [
    { name: METRIC_CUMULATIVE_COMPUTE, type: 'time', unit: 'ns' },
    /^ *"cpu_time": ([\d.e+-]+)/m,
    NANOSECONDS_PER_SECOND,
  ],
  [{ name: METRIC_PEAK_MEMORY, type: 'gauge', unit: 'By' }, /^ *"system_peak_buffer_memory": (\d+)/m, 1],
  [{ name: METRIC_PEAK_TEMPORARY_STORAGE, type: 'gauge', unit: 'By' }, /^ *"system_peak_temp_dir_size": (\d+)/m, 1],
];

/**
 * Finds the numbers of the whole query in the text of a profile of DuckDB 1.5, which has them in front of the operators.
 *
 * @param text undefined where there is no profile
 */
export function profileSummary(text = ''): MetricReport[] {
  const head = text.slice(0, Math.max(text.indexOf('"children"'), 0));
  return NUMBERS.flatMap(([metric, line, factor]) => {
    const digits = line.exec(head)?.[1];
    return digits === undefined ? [] : [{ ...metric, value: Math.round(Number(digits) * factor) }];
  });
}

/** Whether a query is fast enough, and its profile quiet enough, to be kept as its numbers alone. */
export function needsNoDetail(text: string | undefined, nanoseconds: number, slowerThan: number | undefined): boolean {
  if (slowerThan === undefined || nanoseconds >= slowerThan * NANOSECONDS_PER_MILLISECOND) return false;
  return !profileSummary(text).some(({ name, value }) => name === METRIC_PEAK_TEMPORARY_STORAGE && Number(value) > 0);
}

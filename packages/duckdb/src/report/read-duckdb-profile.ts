import type { EngineReport, ExecutionStatus, RunWarning, UnixNanoseconds } from '@planscope/plan';
import { DuckDBError } from '../duckdb-error.ts';
import { unknownKeysWarnings } from '../measure/measurement-warnings.ts';
import { parseProfile } from '../profile/parse-profile.ts';
import { summarizeSql } from '../sql/summarize-sql.ts';
import { DEFAULT_THRESHOLDS, type WarningThresholds } from '../warnings/warning-thresholds.ts';
import { createReport } from './create-report.ts';

/** What a profile does not tell about its query. */
export interface DuckDBProfileOptions {
  /** Version of DuckDB that wrote it, for example `v2.0.1`. Default: the major version that its form belongs to. */
  readonly version?: string;
  /**
   * How the query ended. Default: `error` if the numbers prove that it did not run to its end, else `ok`. Give it if you
   * know it: the profile of a query that failed late looks like that of one that succeeded.
   */
  readonly status?: ExecutionStatus;
  /** When the query started. Default: `0`. */
  readonly start?: UnixNanoseconds;
  /** Thresholds at which a number raises a warning; false raises none. */
  readonly warnings?: Partial<WarningThresholds> | false;
}

/** What a profile says about its query. */
export interface DuckDBProfileReading {
  readonly report: EngineReport;
  /** About the query, and about keys that this version of the package does not know. */
  readonly warnings: readonly RunWarning[];
}

/**
 * Reads a profile that DuckDB 1.5 or 2 wrote as JSON (`enable_profiling = 'json'`), from any client.
 *
 * @param text content of the file
 * @throws DuckDBError `invalid-profile` if the text is no profile, is cut short, has an invalid field or an unsupported
 *   version, or if its statement failed before it ran
 */
export function readDuckDBProfile(text: string, options: DuckDBProfileOptions = {}): DuckDBProfileReading {
  const { status, start = '0', warnings } = options;
  const parsed = parseProfile(text, options.version, status === undefined ? {} : { isFinished: status === 'ok' });
  if ('fault' in parsed) throw new DuckDBError('invalid-profile', parsed.reason);
  const { profile, form, unknownKeys } = parsed;
  const { query = '', duration = 0, rowsReturned } = profile;
  const version = options.version ?? (form === 1 ? '1.5' : '2');
  const created = createReport({
    version,
    query: { text: query, ...summarizeSql(query), files: { inputs: [] } },
    status: status ?? (profile.isUnfinished === true ? 'error' : 'ok'),
    window: { start, end: (BigInt(start) + BigInt(duration)).toString() },
    rows: rowsReturned,
    profile,
    activity: undefined,
    thresholds: warnings === false ? undefined : { ...DEFAULT_THRESHOLDS, ...warnings },
  });
  return { report: created.report, warnings: [...unknownKeysWarnings(version, unknownKeys), ...created.warnings] };
}

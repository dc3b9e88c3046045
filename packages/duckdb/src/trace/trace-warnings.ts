import { diag } from '@opentelemetry/api';
import type { RunWarning, WarningSink } from '@planscope/plan';
import type { TraceConnectionOptions } from './trace-options.ts';

/** Where warnings go. A sink that fails is its program's mistake, and no reason to fail a query. */
export function warnOf({ warn }: TraceConnectionOptions): WarningSink {
  return (warning) => {
    try {
      if (warn === undefined) diag.warn(`[planscope/duckdb] ${warning.code}: ${warning.message}`);
      else warn(warning);
    } catch {
      diag.warn(`[planscope/duckdb] the sink for warnings failed at ${warning.code}`);
    }
  };
}

export function recordingFailed(error: unknown): RunWarning {
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    code: 'recording-failed',
    message: `a query could not be traced in full (${kind}); the query itself went on`,
  };
}

export function lostStreamWarning(rows: number): RunWarning {
  const message = `DuckDB broke off a result after ${rows} rows and the driver says nothing; the program has a part of the rows only`;
  return { code: 'lost-stream', message };
}

export function largeResultWarning(rows: number): RunWarning {
  const message = `a call held ${rows} rows in memory at once; stream them, or aggregate in the query`;
  return { code: 'large-result-materialized', message };
}

const NO_PROFILE = 'planner and operators are missing from the trace';

export const ambiguousProfile: RunWarning = {
  code: 'profile-ambiguous',
  message: 'several queries ran on one connection at a time, which leaves one profile; use a connection for each',
};

export const severalStatements: RunWarning = {
  code: 'several-statements',
  message: `the driver ran several statements as one, and DuckDB profiled the last of them only; run each by itself, or all with stream(); ${NO_PROFILE}`,
};

export const backlogFull: RunWarning = {
  code: 'drawing-backlog-full',
  message: `queries end faster than they can be drawn, so this one has its numbers as a whole only; set detail.slowerThan, or sample; ${NO_PROFILE}`,
};

export const settingsShown: RunWarning = {
  code: 'settings-shown',
  message:
    "a query read the profiling settings through a view or macro made on another connection, so it saw Planscope's values; it was not run again because that could advance a sequence; later queries see the program's own values",
};

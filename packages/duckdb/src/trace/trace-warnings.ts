import { diag } from '@opentelemetry/api';
import type { RunWarning, WarningSink } from '@planscope/plan';
import type { TraceConnectionOptions } from './trace-options.ts';

/** The sink for warnings. It catches errors of the program's sink, which must not fail a query. */
export function warnOf({ warn }: TraceConnectionOptions): WarningSink {
  return (warning) => {
    try {
      if (warn === undefined) diag.warn(`[planscope/duckdb] ${warning.code}: ${warning.message}`);
      else warn(warning);
    } catch {
      diag.warn(`[planscope/duckdb] the option warn threw for the warning ${warning.code}`);
    }
  };
}

export function recordingFailed(error: unknown): RunWarning {
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    code: 'recording-failed',
    message: `a query could not be traced completely (${kind}); the query itself is not affected`,
  };
}

export function hookFailed(name: string, error: unknown): RunWarning {
  const kind = error instanceof Error ? error.name : typeof error;
  return { code: 'hook-failed', message: `the program's ${name} threw (${kind}); the query itself is not affected` };
}

export function lostStreamWarning(rows: number): RunWarning {
  const message = `DuckDB broke off a result after ${rows} rows and the driver reports no error; the program has only a part of the rows`;
  return { code: 'lost-stream', message };
}

export function largeResultWarning(rows: number): RunWarning {
  const message = `a call held ${rows} rows in memory at once; stream them, or aggregate in the query`;
  return { code: 'large-result-materialized', message };
}

const NO_PROFILE = 'planner and operators are missing from the trace';

export const ambiguousProfile: RunWarning = {
  code: 'profile-ambiguous',
  message:
    'several queries ran concurrently on one connection, which has only one profile; use a connection for each query',
};

export const severalStatements: RunWarning = {
  code: 'several-statements',
  message: `the driver ran several statements as one, and DuckDB profiled only the last; run them separately, or all with stream(); ${NO_PROFILE}`,
};

export const backlogFull: RunWarning = {
  code: 'drawing-backlog-full',
  message: `queries end faster than their spans can be drawn, so this query has only its totals; set detail.slowerThan, or use a sampler; ${NO_PROFILE}`,
};

export const settingsShown: RunWarning = {
  code: 'settings-shown',
  message:
    "a query read the profiling settings through a view or macro that was created on another connection, so it saw Planscope's values; it was not run again because that could advance a sequence; later queries see the program's own values",
};

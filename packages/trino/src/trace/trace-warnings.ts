import { diag } from '@opentelemetry/api';
import type { RunWarning, WarningSink } from '@planscope/plan/report';
import { TrinoClientError } from '../client/trino-client-error.ts';
import type { TraceTrinoOptions } from './trace-options.ts';

/** The sink for warnings. It catches errors of the program's sink, which must not fail a query. */
export function warnOf({ warn }: Pick<TraceTrinoOptions, 'warn'>): WarningSink {
  return (warning) => {
    try {
      if (warn === undefined) diag.warn(`[planscope/trino] ${warning.code}: ${warning.message}`);
      else warn(warning);
    } catch {
      diag.warn(`[planscope/trino] the option warn threw for the warning ${warning.code}`);
    }
  };
}

export function recordingFailed(error: unknown): RunWarning {
  return {
    code: 'recording-failed',
    message: `a query could not be traced completely (${kindOf(error)}); the query itself is not affected`,
  };
}

const NO_REPORT = 'stages and operators are missing from the trace';

export function reportMissing(queryId: string, error: unknown): RunWarning {
  return {
    code: 'trino-report-missing',
    message: `Trino gave no report of the query ${queryId} (${kindOf(error)}); ${NO_REPORT}`,
  };
}

export function reportNotFinal(queryId: string, timeout: number): RunWarning {
  return {
    code: 'trino-report-not-final',
    message: `the report of the query ${queryId} was not final after ${timeout} ms, so its numbers are partial; raise reportTimeout`,
  };
}

export const reportsOverdue: RunWarning = {
  code: 'trino-report-overdue',
  message: `queries end faster than their reports can be read, so this query has only its totals; use a sampler; ${NO_REPORT}`,
};

export const reportNotAwaited: RunWarning = {
  code: 'trino-report-not-awaited',
  message: `tracing was shut down before Trino gave its report of the query; await flush() of the client first; ${NO_REPORT}`,
};

function kindOf(error: unknown): string {
  if (TrinoClientError.isInstance(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

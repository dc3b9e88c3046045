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

type NoIoCode =
  | 'io-log-in-use'
  | 'io-log-taken-over'
  | 'io-log-other-instance'
  | 'io-log-overflow'
  | 'io-log-unreadable'
  | 'io-log-ambiguous';

function noIo(code: NoIoCode, why: string): RunWarning {
  return { code, message: `${why}; bytes and requests are missing from the trace` };
}

export const usedIo: RunWarning = noIo(
  'io-log-in-use',
  'the program uses the log of its DuckDB instance itself, or has something kept in it, so it is left alone',
);

export const takenOverIo: RunWarning = noIo(
  'io-log-taken-over',
  'the program has changed how its DuckDB instance logs, so the log is left to it',
);

export const otherInstanceIo: RunWarning = noIo(
  'io-log-other-instance',
  'traceIo.instance is not the DuckDB instance that the connection belongs to',
);

export const overflowedIo: RunWarning = noIo(
  'io-log-overflow',
  'more reads and writes than traceIo.maxLoggedEvents were logged; raise the limit',
);

export const unreadableIo: RunWarning = noIo('io-log-unreadable', 'the log of reads and writes could not be read');

export const ambiguousIo: RunWarning = noIo(
  'io-log-ambiguous',
  'several queries ran on one connection at a time, and the log does not tell them apart; use a connection for each',
);

export const ambiguousProfile: RunWarning = {
  code: 'profile-ambiguous',
  message: 'several queries ran on one connection at a time, which leaves one profile; use a connection for each',
};

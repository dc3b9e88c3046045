import type { RunWarning } from '@planscope/plan';
import type { ProfilingState } from './connection-profiler.ts';
import type { MeasurementGap } from './measured-query.ts';

const NO_BYTES = 'bytes and requests are missing from the trace';

/** Why a query has no reads and writes, as a warning. Warnings about a connection are raised once. */
const gaps: Readonly<Record<MeasurementGap, RunWarning>> = {
  'in-use': {
    code: 'io-log-in-use',
    message: `the program uses the log of its DuckDB instance itself, or has something kept in it, so it is left alone; ${NO_BYTES}`,
  },
  'taken-over': {
    code: 'io-log-taken-over',
    message: `the program has changed how its DuckDB instance logs, so the log is left to it; ${NO_BYTES}`,
  },
  'not-permitted': {
    code: 'io-log-not-permitted',
    message: `the DuckDB instance does not permit files (enable_external_access, disabled_filesystems), so nothing is logged; ${NO_BYTES}`,
  },
  locked: {
    code: 'io-log-locked',
    message: `the configuration of the DuckDB instance is locked, so nothing is logged; ${NO_BYTES}`,
  },
  'no-file': { code: 'io-log-no-file', message: `there is no folder in which the log could be written; ${NO_BYTES}` },
  'no-space': {
    code: 'io-log-no-space',
    message: `the disk with the log is nearly full, so DuckDB logs nothing until there is space; ${NO_BYTES}`,
  },
  'other-instance': {
    code: 'io-log-other-instance',
    message: `events.instance is not the DuckDB instance that the connection belongs to; ${NO_BYTES}`,
  },
  unreadable: { code: 'io-log-unreadable', message: `the log of reads and writes could not be read; ${NO_BYTES}` },
  ambiguous: {
    code: 'io-log-ambiguous',
    message: `several queries ran on one connection at a time, and the log does not tell them apart; use a connection for each; ${NO_BYTES}`,
  },
};

export function gapWarning(gap: MeasurementGap): RunWarning {
  return gaps[gap];
}

const NO_PROFILE = 'planner and operators are missing from the trace';

/** Why a connection is not profiled, as a warning. A program that profiles for itself gets none. */
export const profilingWarnings: Readonly<Partial<Record<ProfilingState, RunWarning>>> = {
  'not-permitted': {
    code: 'profile-not-permitted',
    message: `the DuckDB instance does not permit files (enable_external_access, disabled_filesystems), so no profile can be taken; ${NO_PROFILE}`,
  },
  locked: {
    code: 'profile-locked',
    message: `the configuration of the DuckDB instance is locked, so profiling is left as it is; ${NO_PROFILE}`,
  },
  'no-file': {
    code: 'profile-no-file',
    message: `there is no folder in which a profile could be written; ${NO_PROFILE}`,
  },
  'no-space': {
    code: 'profile-no-space',
    message: `the disk for profiles is full, so none is taken until there is space; ${NO_PROFILE}`,
  },
};

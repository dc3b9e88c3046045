import type { RunWarning } from '@planscope/plan';
import type { ProfilingState } from './connection-profiler.ts';
import type { MeasurementGap } from './measured-query.ts';

const NO_BYTES = 'bytes and requests are missing from the trace';

/** Warnings for the reasons why a query has no reads and writes. */
const gaps: Readonly<Record<MeasurementGap, RunWarning>> = {
  'in-use': {
    code: 'io-log-in-use',
    message: `the program uses the log of its DuckDB instance, or the log still has entries, so Planscope does not use it; ${NO_BYTES}`,
  },
  'taken-over': {
    code: 'io-log-taken-over',
    message: `the program has changed the logging of its DuckDB instance, so Planscope no longer uses the log; ${NO_BYTES}`,
  },
  'not-permitted': {
    code: 'io-log-not-permitted',
    message: `the DuckDB instance does not permit access to files (enable_external_access, disabled_filesystems), so DuckDB cannot write a log; ${NO_BYTES}`,
  },
  locked: {
    code: 'io-log-locked',
    message: `the configuration of the DuckDB instance is locked (lock_configuration), so logging cannot be enabled; ${NO_BYTES}`,
  },
  'no-file': {
    code: 'io-log-no-file',
    message: `no file can be created for the log; set temporaryFolder; ${NO_BYTES}`,
  },
  'no-space': {
    code: 'io-log-no-space',
    message: `the disk with the log is nearly full, so DuckDB does not log until it has space; ${NO_BYTES}`,
  },
  'other-instance': {
    code: 'io-log-other-instance',
    message: `events.instance is not the DuckDB instance that the connection belongs to; ${NO_BYTES}`,
  },
  unreadable: { code: 'io-log-unreadable', message: `the log of reads and writes cannot be read; ${NO_BYTES}` },
  ambiguous: {
    code: 'io-log-ambiguous',
    message: `several queries ran concurrently on one connection, and the log does not distinguish them; use a connection for each query; ${NO_BYTES}`,
  },
};

export function gapWarning(gap: MeasurementGap): RunWarning {
  return gaps[gap];
}

const NO_PROFILE = 'planner and operators are missing from the trace';

/**
 * Warnings for the reasons why a connection is not profiled. There is none for a program that uses the profiler itself.
 */
export const profilingWarnings: Readonly<Partial<Record<ProfilingState, RunWarning>>> = {
  'not-permitted': {
    code: 'profile-not-permitted',
    message: `the DuckDB instance does not permit access to files (enable_external_access, disabled_filesystems), so DuckDB cannot write profiles; ${NO_PROFILE}`,
  },
  locked: {
    code: 'profile-locked',
    message: `the configuration of the DuckDB instance is locked (lock_configuration), so profiling cannot be enabled; ${NO_PROFILE}`,
  },
  'no-file': {
    code: 'profile-no-file',
    message: `no file can be created for profiles; set temporaryFolder; ${NO_PROFILE}`,
  },
  'no-space': {
    code: 'profile-no-space',
    message: `the disk for profiles is full, so queries are not profiled until it has space; ${NO_PROFILE}`,
  },
};

/** Keys that were named in a warning, with the version of DuckDB. */
const named = new Set<string>();
const MOST_KEYS = 10;

/** A warning about keys of a profile that are not read; none if an earlier warning of this process named all of them. */
export function unknownKeysWarnings(version: string | undefined, keys: readonly string[]): RunWarning[] {
  const fresh = keys.filter((key) => !named.has(`${version} ${key}`));
  if (fresh.length === 0) return [];
  for (const key of fresh) named.add(`${version} ${key}`);
  const shown = fresh.slice(0, MOST_KEYS).join(', ');
  const more = fresh.length > MOST_KEYS ? ` and ${fresh.length - MOST_KEYS} more` : '';
  const code = 'profile-keys-unknown';
  const message = `the profile of DuckDB ${version ?? '2'} has keys that are not known and not read: ${shown}${more}`;
  return [{ code, message }];
}

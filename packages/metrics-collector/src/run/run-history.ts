import type { Context } from '@opentelemetry/api';
import type { ExecutionStatus, RunWarning } from '@planscope/plan';
import type { TraceMetricsSummary } from '../summary/trace-metrics-summary.ts';

/** A run as the history keeps it. */
export interface HistoryEntry {
  /** What makes runs comparable: the fingerprint of the plan, or the hash of the specification. */
  readonly fingerprint: string;
  readonly status: ExecutionStatus;
  /** In milliseconds. */
  readonly duration: number;
  readonly endedAt: Date;
  readonly traceId?: string;
  readonly summary?: TraceMetricsSummary;
}

/** The runs of one fingerprint that the history still holds. Durations are in milliseconds. */
export interface FingerprintStatistics {
  readonly fingerprint: string;
  readonly runs: number;
  readonly errors: number;
  readonly cancelled: number;
  /** Percentiles by nearest rank: each is the duration of a real run. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly slowest: HistoryEntry;
  /** Sum over the runs: the total cost of the fingerprint. */
  readonly total: number;
  readonly lastEndedAt: Date;
}

/** Sort key of fingerprints, largest first. */
export type HistoryOrder = 'p50' | 'p90' | 'p99' | 'slowest' | 'total' | 'runs' | 'errors';

/** Which fingerprints to list, and in which order. */
export interface HistoryQuery {
  /** Default `p99`. */
  readonly orderBy?: HistoryOrder;
  /** Most fingerprints; default 10. */
  readonly limit?: number;
  /** Only runs that ended at this time or later. */
  readonly since?: Date;
}

/** The last runs of a process, in memory. */
export interface RunHistory {
  /** Adds a run; drops the oldest if the history is full. */
  add(entry: HistoryEntry): void;
  /** The runs it holds, oldest first. */
  entries(): readonly HistoryEntry[];
  /** Statistics by fingerprint. */
  fingerprints(query?: HistoryQuery): readonly FingerprintStatistics[];
}

/**
 * Makes a history of the last runs.
 *
 * @param options.maxRuns runs to hold; default 1000
 * @throws RangeError when `maxRuns` is not a whole number from 1
 */
export function createRunHistory(options: { readonly maxRuns?: number } = {}): RunHistory {
  const { maxRuns = 1_000 } = options;
  if (!Number.isSafeInteger(maxRuns) || maxRuns < 1) {
    throw new RangeError(`[planscope/metrics-collector] maxRuns is ${maxRuns}; should be a whole number from 1 up`);
  }
  const ring: HistoryEntry[] = [];
  let oldest = 0;
  const entries = (): HistoryEntry[] => [...ring.slice(oldest), ...ring.slice(0, oldest)];
  return {
    add(entry) {
      if (ring.length < maxRuns) {
        ring.push(entry);
      } else {
        ring[oldest] = entry;
        oldest = (oldest + 1) % maxRuns;
      }
    },
    entries,
    fingerprints({ orderBy = 'p99', limit = 10, since } = {}) {
      const recent = entries().filter(({ endedAt }) => since === undefined || endedAt >= since);
      return [...byFingerprint(recent).values()]
        .map(statistics)
        .sort((left, right) => rank(right, orderBy) - rank(left, orderBy))
        .slice(0, limit);
    },
  };
}

/** The runs of one fingerprint; there is at least one. */
type Runs = [HistoryEntry, ...HistoryEntry[]];

function byFingerprint(entries: readonly HistoryEntry[]): Map<string, Runs> {
  const groups = new Map<string, Runs>();
  for (const entry of entries) {
    const group = groups.get(entry.fingerprint);
    if (group === undefined) groups.set(entry.fingerprint, [entry]);
    else group.push(entry);
  }
  return groups;
}

function statistics(runs: Runs): FingerprintStatistics {
  const durations = runs.map(({ duration }) => duration).sort((left, right) => left - right);
  const slowest = runs.reduce((slow, run) => (run.duration > slow.duration ? run : slow));
  return {
    fingerprint: runs[0].fingerprint,
    runs: runs.length,
    errors: runs.filter(({ status }) => status === 'error').length,
    cancelled: runs.filter(({ status }) => status === 'cancelled').length,
    p50: percentile(durations, 50),
    p90: percentile(durations, 90),
    p99: percentile(durations, 99),
    slowest,
    total: durations.reduce((sum, duration) => sum + duration, 0),
    lastEndedAt: runs.reduce((last, run) => (run.endedAt > last.endedAt ? run : last)).endedAt,
  };
}

function rank(of: FingerprintStatistics, order: HistoryOrder): number {
  return order === 'slowest' ? of.slowest.duration : of[order];
}

/** A finished run, as `record` takes it. */
export interface FinishedRun {
  /** The database system, lower case, for example `duckdb`. */
  readonly system: string;
  /** The operation, from a short list: a kind of statement, or the name of a job; never SQL text. */
  readonly operation: string;
  readonly status: ExecutionStatus;
  /** Class of the error; only if the status is `error`. */
  readonly errorType?: string;
  /** In milliseconds. */
  readonly duration: number;
  readonly summary: TraceMetricsSummary;
  readonly warnings?: readonly RunWarning[];
  /** Spans that were not made because the budget was used up; default 0. */
  readonly spansDropped?: number;
  /** Context with the span of the run, so that an SDK that keeps exemplars can point to its trace. */
  readonly otelContext?: Context;
}

/**
 * A percentile by nearest rank: the smallest value that at least this share of all values does not exceed.
 *
 * @param sorted ascending, not empty
 * @param share in percent, above 0 and at most 100
 */
export function percentile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.ceil((share / 100) * sorted.length) - 1];
  if (value === undefined) throw new RangeError(`[planscope/metrics-collector] there is no percentile ${share} here`);
  return value;
}

import { leastDirect, type MetricSource } from '../metric-source.ts';
import type { StageSummary } from './stage-summary.ts';

/**
 * The numbers of one finished run, each with its source. Plain JSON.
 *
 * An output is an operator at the top of a plan; a run with several outputs has several. A run that failed, was cancelled
 * or was stopped early shows what it did until then. Numbers that an engine measured before it finished may be
 * too small: sums over them are unavailable as `incomplete`.
 */
export interface TraceMetricsSummary {
  /** Rows of the outputs: the query's rows, not the sum over its operators. Needs a count from every output. */
  readonly outputRows: SummaryNumber;
  /** Record batches that the outputs handed to their consumers; an output that is a file has none. */
  readonly outputBatches: SummaryNumber;
  /** Size of the Arrow buffers of those batches, in bytes, without the size of files. */
  readonly outputBytes: SummaryNumber;
  /** Compute time in nanoseconds, summed over operators and threads; may exceed the duration of the run. */
  readonly elapsedComputeNanos: SummaryNumber;
  /** Files written to spill to disk. */
  readonly spillFileCount: SummaryNumber;
  /** Bytes spilled to disk. */
  readonly spilledBytes: SummaryNumber;
  /** Rows spilled to disk. */
  readonly spilledRows: SummaryNumber;
  /**
   * Bytes that engines read from files, local copies of remote objects included, and from stores, also while they
   * planned.
   */
  readonly bytesRead: SummaryNumber;
  /** Bytes that engines wrote to files, before any upload to an object store. */
  readonly bytesWritten: SummaryNumber;
  /**
   * Bytes fetched from object stores, by nodes of the plan and during planning; without what was read in place or
   * was already local.
   */
  readonly storeBytesRead: SummaryNumber;
  /** Bytes that nodes of the plan wrote to object stores. */
  readonly storeBytesWritten: SummaryNumber;
  /**
   * Rows of the outputs divided by rows of the scans. Scans are the operators that an engine reports as scans of tables
   * or files, and the leaves of the plan itself below an output; rows that a scan filters out count in neither. Above 1
   * when joins multiply rows.
   */
  readonly selectivity: SummaryNumber;
  /** Operators that finished: nodes of the plans, and those that engines reported. */
  readonly operatorCount: SummaryNumber;
  /** Warnings the run raised. */
  readonly warningCount: SummaryNumber;
  /** Warnings by code, codes sorted; empty when warnings are unavailable. */
  readonly warningCountsByCode: Readonly<Record<string, number>>;
  /** The numbers of each stage, for distributed engines; absent if no engine reported stages. */
  readonly stages?: readonly StageSummary[];
}

/**
 * Why a number is unavailable: `not-reported`, nothing measured it; `incomplete`, only some of its parts were
 * measured; `no-rows-scanned`, it would be a division by zero.
 */
export type UnavailableReason = 'not-reported' | 'incomplete' | 'no-rows-scanned';

/** A number that was measured. */
export interface MeasuredNumber {
  /** Rounded to the nearest double if a whole number is beyond 2^53. */
  readonly value: number;
  readonly source: MetricSource;
}

/** A number that was not measured; never shown as 0. */
export interface UnavailableNumber {
  readonly value: null;
  readonly reason: UnavailableReason;
}

/** A number with its source, or the reason why it is unavailable: `summary.outputRows.value ?? 'unknown'`. */
export type SummaryNumber = MeasuredNumber | UnavailableNumber;

export function unavailable(reason: UnavailableReason): UnavailableNumber {
  return { value: null, reason };
}

/** The sum of the available parts; unavailable if there is none. */
export function sumOfPresent(parts: readonly (MeasuredNumber | undefined)[]): SummaryNumber {
  const present = parts.filter((part) => part !== undefined);
  if (present.length === 0) return unavailable('not-reported');
  return {
    value: present.reduce((sum, { value }) => sum + value, 0),
    source: leastDirect(present.map(({ source }) => source)),
  };
}

/** The sum of all parts; unavailable if one is missing, because it would be too small. */
export function sumOfAll(parts: readonly (MeasuredNumber | undefined)[]): SummaryNumber {
  const isPartial = parts.includes(undefined) && parts.some((part) => part !== undefined);
  return isPartial ? unavailable('incomplete') : sumOfPresent(parts);
}

import { leastDirect, type MetricSource } from '../metric-source.ts';
import type { StageSummary } from './stage-summary.ts';

/**
 * The numbers of one finished run, each with its source. Plain JSON.
 *
 * An output is an operator at the top of a plan; a run with several outputs has several. A run that failed, was cancelled
 * or was left early shows what it did until then. What an engine measured before it was done is not added up, as it can be
 * too small: such sums are unavailable as `incomplete`.
 */
export interface TraceMetricsSummary {
  /** Rows that the outputs put out: the query's rows, not the sum over its operators. All outputs have to have counted. */
  readonly outputRows: SummaryNumber;
  /** Record batches that the outputs handed to their consumers; an output that is a file has none. */
  readonly outputBatches: SummaryNumber;
  /** Bytes of the Arrow buffers of those batches, in bytes; the size of a file is not in it. */
  readonly outputBytes: SummaryNumber;
  /** Time that operators computed, in nanoseconds, summed over operators and threads; more than the run took. */
  readonly elapsedComputeNanos: SummaryNumber;
  /** Files written to spill to disk. */
  readonly spillFileCount: SummaryNumber;
  /** Bytes spilled to disk. */
  readonly spilledBytes: SummaryNumber;
  /** Rows spilled to disk. */
  readonly spilledRows: SummaryNumber;
  /** Bytes that engines read from files, local copies of remote objects included. */
  readonly bytesRead: SummaryNumber;
  /** Bytes that engines wrote to files, before anything was brought to an object store. */
  readonly bytesWritten: SummaryNumber;
  /**
   * Bytes that were brought here from object stores, by nodes of the plan and while it was made; what was read in place or
   * was here already is not in it.
   */
  readonly storeBytesRead: SummaryNumber;
  /** Bytes that nodes of the plan wrote to object stores. */
  readonly storeBytesWritten: SummaryNumber;
  /**
   * Rows of the outputs divided by rows that the scans put out. Scans are the operators that an engine reports as scans of tables
   * or files, and the leaves of the plan itself below an output; rows a scan filtered away itself are in neither number. Above 1
   * when joins multiply rows.
   */
  readonly selectivity: SummaryNumber;
  /** Operators that finished: nodes of the plans, and those that engines reported. */
  readonly operatorCount: SummaryNumber;
  /** Warnings the run raised. */
  readonly warningCount: SummaryNumber;
  /** The same by code, codes sorted; empty when warnings are unavailable. */
  readonly warningCountsByCode: Readonly<Record<string, number>>;
  /** What each stage did, for engines that are spread over machines; absent if none reported stages. */
  readonly stages?: readonly StageSummary[];
}

/**
 * Why a number is not there: `not-reported`, nothing measured it; `incomplete`, only some of what it is made of was
 * measured; `no-rows-scanned`, it would be a share of nothing.
 */
export type UnavailableReason = 'not-reported' | 'incomplete' | 'no-rows-scanned';

/** A number that was measured. */
export interface MeasuredNumber {
  /** A whole number beyond 2^53 is the nearest number there is. */
  readonly value: number;
  readonly source: MetricSource;
}

/** A number that was not measured; never shown as 0. */
export interface UnavailableNumber {
  readonly value: null;
  readonly reason: UnavailableReason;
}

/** A number with its source, or why there is none: `summary.outputRows.value ?? 'unknown'`. */
export type SummaryNumber = MeasuredNumber | UnavailableNumber;

export function unavailable(reason: UnavailableReason): UnavailableNumber {
  return { value: null, reason };
}

/** The sum of what is there; unavailable when nothing is. */
export function sumOfPresent(parts: readonly (MeasuredNumber | undefined)[]): SummaryNumber {
  const present = parts.filter((part) => part !== undefined);
  if (present.length === 0) return unavailable('not-reported');
  return {
    value: present.reduce((sum, { value }) => sum + value, 0),
    source: leastDirect(present.map(({ source }) => source)),
  };
}

/** The sum of all parts; unavailable when one is missing, as it would be too small. */
export function sumOfAll(parts: readonly (MeasuredNumber | undefined)[]): SummaryNumber {
  const isPartial = parts.includes(undefined) && parts.some((part) => part !== undefined);
  return isPartial ? unavailable('incomplete') : sumOfPresent(parts);
}

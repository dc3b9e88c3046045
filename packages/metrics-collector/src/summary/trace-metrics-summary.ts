import type { StageSummary } from './stage-summary.ts';
import type { SummaryNumber } from './summary-number.ts';

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

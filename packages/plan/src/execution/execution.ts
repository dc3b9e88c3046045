import type { RecordBatch } from 'apache-arrow';
import type { MetricsSet } from '../metrics/metrics-set.ts';
import type { EngineReport, ExecutionStatus } from '../report/engine-report.ts';

/** One run of one partition of a node. */
export interface Execution<Rows extends Batch = RecordBatch> {
  /** The output; empty if the node writes files. It can be read only once. */
  readonly batches: AsyncIterable<Rows>;
  /**
   * The result. Never rejects. Resolves after `batches` has ended, thrown or been returned; for a node that writes
   * files, when the files are complete.
   */
  readonly outcome: Promise<ExecutionOutcome>;
}

/** The result of one execution. */
export interface ExecutionOutcome {
  readonly status: ExecutionStatus;
  /** The unaltered error; set if and only if the status is `error`. */
  readonly error?: unknown;
  readonly metrics: MetricsSet;
  readonly artifacts: readonly Artifact[];
  /** The report of the engine that the node ran, if any. */
  readonly report?: EngineReport;
}

/** A local file that a node wrote or found. */
export interface Artifact {
  /** Path on the local file system, or a URL that the node above reads itself. */
  readonly path: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** `parquet`, `csv`, `json`, `arrow`, … */
  readonly format: string;
  /** Rows in the file, if the node counted them. */
  readonly rows?: number;
  /** URL of the object that was fetched; for a file that was already local, the URL of the file itself. */
  readonly source?: string;
  readonly etag?: string;
  /** Version of the table that the file was committed to. */
  readonly version?: number;
  /** Values, as text, of columns that the file lacks because all its rows have the same. */
  readonly partition?: Readonly<Record<string, string | null>>;
  /** Removes the file if the node wrote it only for this run. Safe to call twice. */
  dispose?(): Promise<void>;
}

/**
 * Rows that pass from one operator to the next: an Arrow `RecordBatch`, or for a dynamically typed engine a
 * {@link RowBatch} or its own type.
 */
export interface Batch {
  readonly numRows: number;
}

/** Rows as objects, for engines whose columns have no types. Their size in bytes is unknown. */
export interface RowBatch extends Batch {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Whether rows are an Arrow batch, from any copy of the library. */
export function isRecordBatch(batch: Batch): batch is RecordBatch {
  const { schema, data } = batch as Partial<RecordBatch>;
  return Array.isArray(schema?.fields) && typeof data?.byteLength === 'number';
}

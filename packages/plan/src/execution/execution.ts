import type { RecordBatch } from 'apache-arrow';
import type { MetricsSet } from '../metrics/metrics-set.ts';
import type { EngineReport, ExecutionStatus } from '../report/engine-report.ts';

/** One run of one partition of a node. */
export interface Execution<Rows extends Batch = RecordBatch> {
  /** The output; empty where the node makes files. Pulled at most once. */
  readonly batches: AsyncIterable<Rows>;
  /**
   * How it ended. Never rejects. Settles after `batches` has ended, thrown or been returned; for a node that makes
   * files, when the file is complete.
   */
  readonly outcome: Promise<ExecutionOutcome>;
}

/** The end of one execution. */
export interface ExecutionOutcome {
  readonly status: ExecutionStatus;
  /** Set exactly when the status is `error`: what was thrown, unaltered. */
  readonly error?: unknown;
  readonly metrics: MetricsSet;
  readonly artifacts: readonly Artifact[];
  /** What the engine behind the node measured of itself, where there is one. */
  readonly report?: EngineReport;
}

/** A local file that a node made or found. */
export interface Artifact {
  /** Path on the local file system. */
  readonly path: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** `parquet`, `csv`, `json`, `arrow`, … */
  readonly format: string;
  /** Rows in the file, where the node counted them. */
  readonly rows?: number;
  /** URL of the object the file stands for, where it was fetched; equal to the file itself where it lay here already. */
  readonly source?: string;
  readonly etag?: string;
  /** Takes the file away if the node made it only for this run; safe to call twice. */
  dispose?(): Promise<void>;
}

/**
 * Rows that pass from one operator to the next. An Arrow `RecordBatch` is one; an engine that is typed dynamically has
 * {@link RowBatch}, or its own form.
 */
export interface Batch {
  readonly numRows: number;
}

/** Rows as objects, for engines whose columns have no type. How many bytes they take is not known. */
export interface RowBatch extends Batch {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Whether rows are an Arrow batch, of whichever copy of the library. */
export function isRecordBatch(batch: Batch): batch is RecordBatch {
  const { schema, data } = batch as Partial<RecordBatch>;
  return Array.isArray(schema?.fields) && typeof data?.byteLength === 'number';
}

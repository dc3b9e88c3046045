import type { CollectedOperatorMetrics, TraceMetricsSummary } from '@planscope/metrics-collector';
import type { ExecutionStatus, PortablePlan, RunWarning } from '@planscope/plan';
import type { RecordBatch, Schema } from 'apache-arrow';
import type { RunIdentities } from '../identity/identities.ts';
import type { DataFormat } from '../spec/execution-spec.ts';

/** What became of a run. */
export interface RunResult extends Partial<RunIdentities> {
  readonly runId: string;
  /** The trace to look for, in hexadecimal; absent where nothing was traced. */
  readonly traceId?: string;
  readonly status: ExecutionStatus;
  /** SHA-256 over the shape of the optimized plan; absent where the run failed before it had one. */
  readonly planFingerprint?: string;
  /** Whether the logical plan was taken from an earlier run of the same specification over the same inputs. */
  readonly planReused: boolean;
  /** The outputs that were completed, in the order of the specification. */
  readonly outputs: readonly OutputResult[];
  /**
   * The plan and what came of it, as JSON, text or a diagram, without the literals of the query unless the configuration
   * keeps them; absent where planning failed. It is put into words when it is asked for, and until then holds on to what
   * was reported.
   */
  readonly plan?: PortablePlan;
  /** One entry for each operator, those that the database engine reported included. */
  readonly operators: readonly CollectedOperatorMetrics[];
  readonly summary: TraceMetricsSummary;
  readonly warnings: readonly RunWarning[];
  readonly startedAt: Date;
  readonly completedAt: Date;
}

/** One finished output. */
export interface OutputResult {
  readonly name: string;
  readonly rows: number;
  /** The columns of an output that was handed back; a file has its own. */
  readonly schema?: Schema | undefined;
  /** The rows of an output without a location; absent where they went out as a stream. */
  readonly batches?: readonly RecordBatch[];
  /** The file of an output with a location. */
  readonly file?: WrittenFile;
}

/** A file that a run wrote. */
export interface WrittenFile {
  /** URL without credentials. */
  readonly location: string;
  readonly format: DataFormat;
  /** Size in bytes. */
  readonly bytes: number;
  readonly etag?: string;
}

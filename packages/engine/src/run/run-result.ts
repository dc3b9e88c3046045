import type { TracingConfig } from '@planscope/config';
import { innerPlan } from '@planscope/exec-instrumentation';
import {
  type CollectedOperatorMetrics,
  createMetricsCollector,
  type MetricsCollector,
  type TraceMetricsSummary,
} from '@planscope/metrics-collector';
import {
  type ExecutionStatus,
  fieldRenderer,
  type OperatorRecord,
  type PlannedQuery,
  type PortablePlan,
  portablePlan,
  type RunIdentity,
  type RunWarning,
} from '@planscope/plan';
import { createPlaceholders, createTextsByKind, type SqlDialect } from '@planscope/redaction';
import type { RecordBatch, Schema } from 'apache-arrow';
import type { RunIdentities } from '../identity/identities.ts';
import type { OutputFormat } from '../spec/execution-spec.ts';

/** The result of a run. */
export interface RunResult extends Partial<RunIdentities> {
  readonly runId: string;
  /** Trace id in hexadecimal; absent if the run was not traced. */
  readonly traceId?: string;
  readonly status: ExecutionStatus;
  /** SHA-256 of the shape of the optimized plan; absent if the run failed earlier. */
  readonly planFingerprint?: string;
  /** Whether the logical plan was taken from an earlier run of the same specification over the same inputs. */
  readonly planReused: boolean;
  /** The outputs that were completed, in the order of the specification. */
  readonly outputs: readonly OutputResult[];
  /**
   * The plan with the metrics of its nodes, as JSON, text or a diagram; absent if planning failed. Literals of the
   * query are redacted unless the configuration keeps them. The text is created on demand; until then, the reports stay
   * in memory.
   */
  readonly plan?: PortablePlan;
  /** One entry for each operator, including those that the database engine reported. */
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
  /** The columns of an output without a file. */
  readonly schema?: Schema | undefined;
  /** The rows of an output without a location; absent if they were streamed. */
  readonly batches?: readonly RecordBatch[];
  /** The file of an output with a location. */
  readonly file?: WrittenFile;
}

/** A file that a run wrote. */
export interface WrittenFile {
  /** URL without credentials. */
  readonly location: string;
  readonly format: OutputFormat;
  /** Size in bytes; of a Delta table, the size of the file that was added. */
  readonly bytes: number;
  readonly etag?: string;
  /** Version of the Delta table that the run committed. */
  readonly version?: number;
}

/** What a run collects while it is running. Its result contains this, even if the run fails. */
export class RunNotes {
  readonly warnings: RunWarning[] = [];
  readonly outputs: OutputResult[] = [];
  readonly collector: MetricsCollector = createMetricsCollector();
  planned: PlannedQuery | undefined;
  planFingerprint: string | undefined;
  planReused = false;
  envelopeHash: string | undefined;
  readonly #records: OperatorRecord[] = [];
  readonly #startedAt = new Date();

  /** Records a finished operator. */
  observe(record: OperatorRecord): void {
    this.collector.observe(record);
    this.#records.push(record);
  }

  /** @param traceId undefined if the run is not traced */
  result(
    status: ExecutionStatus,
    { runId, specHash, rulepackFingerprint }: RunIdentity,
    traceId: string | undefined,
    config: PlanTextConfig,
  ): RunResult {
    const { envelopeHash, planFingerprint, planReused, planned, warnings } = this;
    return {
      runId,
      ...(traceId === undefined ? {} : { traceId }),
      status,
      ...(specHash === undefined ? {} : { specHash }),
      ...(envelopeHash === undefined ? {} : { envelopeHash }),
      ...(rulepackFingerprint === undefined ? {} : { rulepackFingerprint }),
      ...(planFingerprint === undefined ? {} : { planFingerprint }),
      planReused,
      outputs: this.outputs,
      ...(planned === undefined ? {} : { plan: runPlan(planned, this.#records, config) }),
      operators: this.collector.operators(),
      summary: this.collector.summary(warnings),
      warnings,
      startedAt: this.#startedAt,
      completedAt: new Date(),
    };
  }
}

/** The part of the configuration that affects the plan of a run, and the words of its SQL. */
export type PlanTextConfig = Pick<TracingConfig, 'privacy' | 'maxAttributeBytes'> & { readonly dialect: SqlDialect };

/**
 * The plan of a run in portable form, with the executions of each node.
 *
 * @param records records of the executed operators; empty if nothing was traced
 */
function runPlan(
  { logicalPlan, plan }: PlannedQuery,
  records: readonly OperatorRecord[],
  { privacy, maxAttributeBytes, dialect }: PlanTextConfig,
): PortablePlan {
  const { planLiterals, sqlLiterals } = privacy;
  const texts = createTextsByKind({ dialect, planLiterals, sqlLiterals, maxBytes: maxAttributeBytes });
  const placeholders = createPlaceholders();
  return portablePlan({
    logical: logicalPlan,
    physical: plan,
    executionsOf: (node) => records.filter((record) => record.node === innerPlan(node)),
    redact: (field, identifiers) => {
      const names = identifiers === undefined ? {} : { identifiers };
      return fieldRenderer(texts, { placeholders, ...names })(field);
    },
  });
}

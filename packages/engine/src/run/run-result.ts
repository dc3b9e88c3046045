import type { TracingConfig } from '@planscope/config';
import { duckdbDialect } from '@planscope/duckdb';
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
import { createPlaceholders, createTextsByKind } from '@planscope/redaction';
import type { RecordBatch, Schema } from 'apache-arrow';
import type { RunIdentities } from '../identity/identities.ts';
import type { DataFormat } from '../spec/execution-spec.ts';

/** What happened to a run. */
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
   * The plan and what happened, as JSON, text or a diagram, without the literals of the query unless the configuration
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

/** What a run gathers while it goes on. However far it comes, its result is made of that. */
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

  /** Takes a finished operator. */
  observe(record: OperatorRecord): void {
    this.collector.observe(record);
    this.#records.push(record);
  }

  /** @param traceId undefined where the run is not traced */
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

/** What of the configuration counts for the plan of a run. */
export type PlanTextConfig = Pick<TracingConfig, 'privacy' | 'maxAttributeBytes'>;

/**
 * The plan of a run in portable form, each node with what its executions came to.
 *
 * @param records of the operators that were executed; none where nothing was traced
 */
function runPlan(
  { logicalPlan, plan }: PlannedQuery,
  records: readonly OperatorRecord[],
  { privacy, maxAttributeBytes }: PlanTextConfig,
): PortablePlan {
  const { planLiterals, sqlLiterals } = privacy;
  const texts = createTextsByKind({ dialect: duckdbDialect, planLiterals, sqlLiterals, maxBytes: maxAttributeBytes });
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

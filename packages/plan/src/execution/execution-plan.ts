import { type AttributeValue, type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { RecordBatch, Schema } from 'apache-arrow';
import type { MetricsSet } from '../metrics/metrics-set.ts';
import type { NodeField } from '../node/plan-node.ts';
import type { EngineReport, ExecutionStatus } from '../report/engine-report.ts';
import type { Batch, Execution } from './execution.ts';

/**
 * A node of a physical plan. It is immutable and has no state of a run. A shared node is one object.
 *
 * @typeParam Rows type of its output. Default: Arrow batches
 */
export interface ExecutionPlan<Rows extends Batch = RecordBatch> {
  /** Name of the operator, for example `FetchExec`, `DuckDBExec`, `FilterExec`. */
  readonly name: string;
  /**
   * The output of an execution: batches that the consumer pulls, or files in the outcome. A node that writes files
   * starts immediately and is not pulled.
   */
  readonly output: 'batches' | 'files';
  /** Arrow schema of the batches; absent if the engine is dynamically typed or the node writes files. */
  readonly schema?: Schema | undefined;
  readonly properties: PlanProperties;
  readonly children: readonly ExecutionPlan<Rows>[];
  /**
   * Returns a node of the same kind with other children.
   *
   * @param children as many as the node has now
   * @throws for a different number of children
   */
  withNewChildren(children: readonly ExecutionPlan<Rows>[]): ExecutionPlan<Rows>;
  /**
   * Describes the node without its children; {@link describeNode} formats the fields as one line. The texts may contain
   * literals, which recorders redact by kind.
   */
  describe(): readonly NodeField[];
  /**
   * Starts one partition.
   *
   * @param partition index from 0 to `properties.partitionCount - 1`
   * @param context context of this run and of this place in the plan
   */
  execute(partition: number, context: TaskContext): Execution<Rows>;
}

/** What is known about the output of a physical node before it runs. */
export interface PlanProperties {
  /** Number of partitions for `execute`, at least 1. */
  readonly partitionCount: number;
  /** How rows are distributed over the partitions, displayed as `hash([a], 4)`, `unknown(1)`, … */
  readonly partitioning: string;
  /** Whether rows are emitted while the input is being read, only at its end, or both. */
  readonly emissionType: 'incremental' | 'final' | 'both';
  readonly boundedness: 'bounded' | 'unbounded';
}

/** The properties of most nodes: one partition, incremental rows, and a bounded output. */
export const singlePartition: PlanProperties = {
  partitionCount: 1,
  partitioning: 'unknown(1)',
  emissionType: 'incremental',
  boundedness: 'bounded',
};

/** What a node gets at execution: the parent of its spans, the abort signal, and the run. */
export interface TaskContext {
  /** Parent context for spans. It is passed explicitly and never taken from the active context. */
  readonly otelContext: Context;
  /** Aborted when the run must stop. */
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  /** Number of spans that the run may still start. */
  readonly budget: SpanBudget;
  /** Reports a warning for the result of the run and the root span. */
  readonly warn: WarningSink;
  /** Nodes that run once for all their consumers. */
  readonly shared: SharedExecutions;
  /** Called for every finished operator of an instrumented plan. */
  readonly observeOperator?: OperatorObserver;
}

/** The identity of a run on every operator span. Each run has one object, which is also the key of its state. */
export interface RunIdentity {
  readonly runId: string;
  readonly specHash?: string;
  readonly rulepackFingerprint?: string;
  readonly profile?: string;
  readonly ruleMode?: 'disabled' | 'phase-only' | 'full';
  /** Fields of the program for every operator span, under their own keys. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}

/** A problem that did not stop the run. */
export interface RunWarning {
  /** Stable code in kebab case, for example `profile-missing`. */
  readonly code: string;
  /** One sentence with what happened and what to do, without the user's data. */
  readonly message: string;
  /** Name of the affected operator. */
  readonly operator?: string;
}

/** Receives the warnings of a run. */
export type WarningSink = (warning: RunWarning) => void;

/** A finished operator with all its partitions. */
export interface OperatorRecord {
  /** Unique within the run. */
  readonly id: string;
  /** The parent operator; absent at the top of a plan. */
  readonly parentId?: string;
  readonly name: string;
  /** The executed node, without the wrapper of the instrumentation. */
  readonly node?: ExecutionPlan<Batch>;
  /** Description in one line, with literals replaced. */
  readonly description: string;
  readonly status: ExecutionStatus;
  readonly metrics: MetricsSet;
  /** The reports of the engine that the operator ran, one for each execution with a report. */
  readonly reports: readonly EngineReport[];
}

/** Called for every ended operator. */
export type OperatorObserver = (record: OperatorRecord) => void;

/** The shared executions of one run: each node and partition is started only once for several consumers. */
export class SharedExecutions {
  readonly #started = new Map<ExecutionPlan<Batch>, Map<number, Execution<Batch>>>();

  /**
   * Returns the execution of a node and partition in this run; the first call starts it.
   *
   * A shared node can pass batches to only one consumer; the others get only the outcome.
   */
  once<Rows extends Batch>(
    node: ExecutionPlan<Batch>,
    partition: number,
    start: () => Execution<Rows>,
  ): Execution<Rows> {
    let partitions = this.#started.get(node);
    if (partitions === undefined) {
      partitions = new Map();
      this.#started.set(node, partitions);
    }
    let execution = partitions.get(partition);
    if (execution === undefined) {
      execution = start();
      partitions.set(partition, execution);
    }
    // The same node always has the same type of batches.
    return execution as Execution<Rows>;
  }
}

/** Limit for the spans of one run. The dropped spans are counted for the root span. */
export class SpanBudget {
  readonly limit: number;
  #used = 0;
  #dropped = 0;

  /** @param limit maximum number of spans; `Infinity` for no limit */
  constructor(limit: number = Number.POSITIVE_INFINITY) {
    if (!(limit >= 0)) throw new RangeError(`[planscope/plan] span budget ${limit} must be a number from 0 up`);
    this.limit = limit;
  }

  /** Takes one span from the budget. If none is left, counts the span as dropped and returns false. */
  take(): boolean {
    if (this.#used >= this.limit) {
      this.#dropped += 1;
      return false;
    }
    this.#used += 1;
    return true;
  }

  get used(): number {
    return this.#used;
  }

  get dropped(): number {
    return this.#dropped;
  }
}

/** The fields of a task context that a program can set; `shared` is new in each context. */
export type TaskContextOptions = Partial<Omit<TaskContext, 'shared'>>;

/**
 * Creates the task context of one run.
 *
 * @param options default: no parent span, no abort, a random run id, spans without limit, warnings on the console
 */
export function createTaskContext(options: TaskContextOptions = {}): TaskContext {
  return {
    ...options,
    otelContext: options.otelContext ?? ROOT_CONTEXT,
    signal: options.signal ?? new AbortController().signal,
    run: options.run ?? { runId: crypto.randomUUID() },
    budget: options.budget ?? new SpanBudget(),
    warn: options.warn ?? (({ code, message }) => console.warn(code, message)),
    shared: new SharedExecutions(),
  };
}

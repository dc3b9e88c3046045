import { type AttributeValue, type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { RecordBatch, Schema } from 'apache-arrow';
import type { MetricsSet } from '../metrics/metrics-set.ts';
import type { NodeField } from '../node/plan-node.ts';
import type { EngineReport, ExecutionStatus } from '../report/engine-report.ts';
import type { Batch, Execution } from './execution.ts';

/**
 * A node of a physical plan. Immutable; nothing of a run lives on it, and a shared node is one object.
 *
 * @typeParam Rows what it puts out; Arrow batches unless said otherwise
 */
export interface ExecutionPlan<Rows extends Batch = RecordBatch> {
  /** Name of the operator, for example `FetchExec`, `DuckDBExec`, `FilterExec`. */
  readonly name: string;
  /**
   * What comes of an execution: batches that the consumer pulls, or files that the outcome holds. A node that makes files
   * begins at once, and no one pulls from it.
   */
  readonly output: 'batches' | 'files';
  /** Arrow schema of the batches; absent where the engine is typed dynamically or the node makes files. */
  readonly schema?: Schema | undefined;
  readonly properties: PlanProperties;
  readonly children: readonly ExecutionPlan<Rows>[];
  /**
   * A node of the same kind over other children.
   *
   * @param children as many as the node has now
   * @throws when they are not
   */
  withNewChildren(children: readonly ExecutionPlan<Rows>[]): ExecutionPlan<Rows>;
  /**
   * What there is to say of the node, without its children; {@link describeNode} makes one line of it. The texts may hold
   * literals: a recorder redacts them by their kind.
   */
  describe(): readonly NodeField[];
  /**
   * Starts one partition.
   *
   * @param partition index from 0 to `properties.partitionCount - 1`
   * @param context what belongs to this run and this place in the plan
   */
  execute(partition: number, context: TaskContext): Execution<Rows>;
}

/** What is known of a physical node's output before it runs. */
export interface PlanProperties {
  /** How many partitions `execute` can be called for; at least 1. */
  readonly partitionCount: number;
  /** How rows are spread over the partitions; display is `hash([a], 4)`, `unknown(1)`, … */
  readonly partitioning: string;
  /** Whether rows come out while the input is being read, only at its end, or both. */
  readonly emissionType: 'incremental' | 'final' | 'both';
  readonly boundedness: 'bounded' | 'unbounded';
}

/** One partition, rows as they come, an output that ends: what most nodes are. */
export const singlePartition: PlanProperties = {
  partitionCount: 1,
  partitioning: 'unknown(1)',
  emissionType: 'incremental',
  boundedness: 'bounded',
};

/** What a node gets at execution: where to put its spans, when to stop, which run it belongs to. */
export interface TaskContext {
  /** Context to parent spans under. Passed on, never taken from the ambient context. */
  readonly otelContext: Context;
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  /** Spans this run may still make. */
  readonly budget: SpanBudget;
  /** Takes a warning for the RunResult and the root span. */
  readonly warn: WarningSink;
  /** Nodes that run once for all their consumers. */
  readonly shared: SharedExecutions;
  /** Called for every operator that an instrumented plan finished. */
  readonly observeOperator?: OperatorObserver;
}

/** What identifies a run on every operator span. One object a run: it also keys what belongs to the run. */
export interface RunIdentity {
  readonly runId: string;
  readonly specHash?: string;
  readonly rulepackFingerprint?: string;
  readonly profile?: string;
  readonly ruleMode?: 'disabled' | 'phase-only' | 'full';
  /** A program's own fields, put on every operator span under their own keys. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}

/** Something a run's reader should know that did not stop it. */
export interface RunWarning {
  /** Stable code in kebab case, for example `profile-missing`. */
  readonly code: string;
  /** One sentence with what happened and what to do; no literals of the user's data. */
  readonly message: string;
  /** Name of the operator it is about. */
  readonly operator?: string;
}

/** Takes the warnings of a run. */
export type WarningSink = (warning: RunWarning) => void;

/** A finished operator, all its partitions together. */
export interface OperatorRecord {
  /** Unique within the run. */
  readonly id: string;
  /** The operator it was executed for; absent at the top of a plan. */
  readonly parentId?: string;
  readonly name: string;
  /** The node that was executed, without what instrumentation put around it. */
  readonly node?: ExecutionPlan<Batch>;
  /** One line, literals replaced. */
  readonly description: string;
  readonly status: ExecutionStatus;
  readonly metrics: MetricsSet;
  /** What the engine behind the operator reported, with the engine's operators; one for each execution that had one. */
  readonly reports: readonly EngineReport[];
}

/** Called for every operator that ended. */
export type OperatorObserver = (record: OperatorRecord) => void;

/** The executions of one run that serve several consumers: each node and partition is started once. */
export class SharedExecutions {
  readonly #started = new Map<ExecutionPlan<Batch>, Map<number, Execution<Batch>>>();

  /**
   * The execution of this node and partition in this run, started by the first caller.
   *
   * A node that is shared and puts out batches can hand them to one consumer only; the others get the outcome.
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
    // The same node puts out the same kind of batches each time.
    return execution as Execution<Rows>;
  }
}

/** How many spans one run may make; what goes over is counted, to be said on the root span. */
export class SpanBudget {
  readonly limit: number;
  #used = 0;
  #dropped = 0;

  /** @param limit spans; `Infinity` for no limit */
  constructor(limit: number = Number.POSITIVE_INFINITY) {
    if (!(limit >= 0)) throw new RangeError(`[planscope/plan] span budget ${limit} must be a number from 0 up`);
    this.limit = limit;
  }

  /** Takes one span from the budget; false, and counted as dropped, when none is left. */
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

/** The fields of a task context that a program sets; `shared` is new with each context. */
export type TaskContextOptions = Partial<Omit<TaskContext, 'shared'>>;

/**
 * The task context of one run.
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

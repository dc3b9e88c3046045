import {
  type Batch,
  type Execution,
  type ExecutionPlan,
  type NodeField,
  type PlanningContext,
  type PlanProperties,
  type Rule,
  type RunIdentity,
  type TaskContext,
  transformPlan,
} from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import { type Instrumentation, instrumentation } from './instrumentation.ts';
import type { ExecutionInstrumentationOptions } from './instrumentation-options.ts';
import { OperatorRun } from './live/operator-run.ts';

/** A physical rule for plans of any kind of batch. */
export interface ExecutionInstrumentation extends Pick<Rule<never>, 'name' | 'mustBeLast'> {
  apply<Rows extends Batch>(plan: ExecutionPlan<Rows>, context?: PlanningContext): ExecutionPlan<Rows>;
}

/**
 * A physical rule that gives every operator a span for each of its executions. It must be the last: rules after it
 * would see wrappers, and the nodes they put in would have no span.
 *
 * A node is wrapped once, however many parents it has and however often the rule runs; what the plan does stays as it
 * was. Whether a shared node runs once is the node's own doing (`context.shared.once`); its span then gets a link from
 * each further consumer.
 */
export function instrumentExecution(options: ExecutionInstrumentationOptions = {}): ExecutionInstrumentation {
  const resolved = instrumentation(options);
  return {
    name: 'instrument_execution',
    mustBeLast: true,
    apply: (plan) =>
      transformPlan(plan, (node) => (isInstrumented(node) ? node : new InstrumentedPlan(node, resolved))),
  };
}

/** Holds the wrapped node; the same symbol in every copy of this package. */
const INNER: symbol = Symbol.for('planscope.exec-instrumentation.inner');

/** Whether a node is wrapped, by any copy of this package. */
export function isInstrumented(plan: ExecutionPlan<Batch>): boolean {
  return INNER in plan;
}

/** The node within a wrapper; any other node as it is. Its children are wrapped, as the plan's are. */
export function innerPlan<Rows extends Batch>(plan: ExecutionPlan<Rows>): ExecutionPlan<Rows> {
  return INNER in plan ? ((plan as unknown as Record<symbol, ExecutionPlan<Rows>>)[INNER] ?? plan) : plan;
}

/** A node whose executions have spans; in all else the node it wraps. */
class InstrumentedPlan<Rows extends Batch> implements ExecutionPlan<Rows> {
  readonly #inner: ExecutionPlan<Rows>;
  readonly #instrumentation: Instrumentation;
  /** Executions that have not ended, by the run they belong to. */
  readonly #open = new WeakMap<RunIdentity, Set<OperatorRun>>();
  /** Partitions that were executed, by what the run shares. */
  readonly #executed = new WeakMap<TaskContext['shared'], Set<number>>();
  /** What the node returned, with what was made of it. */
  readonly #executions = new WeakMap<
    Execution<Rows>,
    { readonly run: OperatorRun; readonly traced: Execution<Rows> }
  >();

  constructor(inner: ExecutionPlan<Rows>, instrumentation: Instrumentation) {
    this.#inner = inner;
    Object.defineProperty(this, INNER, { value: inner });
    this.#instrumentation = instrumentation;
  }

  get name(): string {
    return this.#inner.name;
  }

  get output(): ExecutionPlan['output'] {
    return this.#inner.output;
  }

  get schema(): Schema | undefined {
    return this.#inner.schema;
  }

  get properties(): PlanProperties {
    return this.#inner.properties;
  }

  get children(): readonly ExecutionPlan<Rows>[] {
    return this.#inner.children;
  }

  withNewChildren(children: readonly ExecutionPlan<Rows>[]): ExecutionPlan<Rows> {
    const inner = this.#inner.withNewChildren(children);
    return inner === this.#inner ? this : new InstrumentedPlan(inner, this.#instrumentation);
  }

  describe(): readonly NodeField[] {
    return this.#inner.describe();
  }

  execute(partition: number, context: TaskContext): Execution<Rows> {
    const run = this.#runOf(partition, context);
    const execution = this.#start(run, partition, context);
    const known = this.#executions.get(execution);
    if (known !== undefined) {
      run.leave(partition);
      known.run.linkFrom(context);
      return known.traced;
    }
    const traced = run.trace(partition, execution);
    this.#executions.set(execution, { run, traced });
    return traced;
  }

  #start(run: OperatorRun, partition: number, context: TaskContext): Execution<Rows> {
    const executed = this.#executed.get(context.shared) ?? new Set();
    this.#executed.set(context.shared, executed);
    const isRepeated = executed.has(partition);
    executed.add(partition);
    const start = (): Execution<Rows> => this.#inner.execute(partition, run.contextBelow(context));
    try {
      // A repeated execution may turn out to be the one that runs already: its span waits until something needs it.
      return isRepeated ? start() : run.within(start);
    } catch (error) {
      run.fail(partition, error);
      throw error;
    }
  }

  #runOf(partition: number, context: TaskContext): OperatorRun {
    const open = this.#open.get(context.run) ?? new Set();
    this.#open.set(context.run, open);
    for (const run of open) {
      if (run.accepts(partition, context)) return run.join(partition);
    }
    const run = new OperatorRun(this.#inner, context, this.#instrumentation, () => open.delete(run));
    open.add(run);
    return run.join(partition);
  }
}

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
 * A physical rule that gives every operator a span for each of its executions. It must be the last rule: later rules
 * would see wrappers, and nodes that they insert would have no span.
 *
 * A node is wrapped only once, regardless of the number of its parents and the number of runs of the rule. The behavior
 * of the plan does not change. A shared node is responsible for running once (`context.shared.once`); its span then
 * gets a link from each additional consumer.
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

/** Key of the wrapped node; the same symbol in every copy of this package. */
const INNER: symbol = Symbol.for('planscope.exec-instrumentation.inner');

/** Whether a node is wrapped, by any copy of this package. */
export function isInstrumented(plan: ExecutionPlan<Batch>): boolean {
  return INNER in plan;
}

/** Unwraps a node; returns any other node unchanged. The children of the result remain wrapped. */
export function innerPlan<Rows extends Batch>(plan: ExecutionPlan<Rows>): ExecutionPlan<Rows> {
  return INNER in plan ? ((plan as unknown as Record<symbol, ExecutionPlan<Rows>>)[INNER] ?? plan) : plan;
}

/** A node whose executions have spans. In all other respects it behaves like the node that it wraps. */
class InstrumentedPlan<Rows extends Batch> implements ExecutionPlan<Rows> {
  readonly #inner: ExecutionPlan<Rows>;
  readonly #instrumentation: Instrumentation;
  /** Executions that have not ended, by run. */
  readonly #open = new WeakMap<RunIdentity, Set<OperatorRun>>();
  /** Executed partitions, by the shared state of the run. */
  readonly #executed = new WeakMap<TaskContext['shared'], Set<number>>();
  /** The executions that the node returned, with their traced versions. */
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
      // A repeated call may return the running execution, so its span is opened only when something needs it.
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

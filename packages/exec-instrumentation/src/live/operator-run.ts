import { type Context, createContextKey, type Span, trace } from '@opentelemetry/api';
import { finish, finishInSlices } from '@planscope/internal/steps';
import {
  type Batch,
  contextClock,
  type Execution,
  type ExecutionOutcome,
  type ExecutionPlan,
  MetricsSet,
  type RunIdentity,
  type RunWarning,
  type TaskContext,
  type UnixClock,
  type WarningSink,
  withContextClock,
} from '@planscope/plan';
import type { Instrumentation } from '../instrumentation.ts';
import { tryRecording } from '../try-recording.ts';
import { finishingOperator } from './finish-operator.ts';
import { nextOperatorId, OperatorSpan } from './operator-span.ts';
import { closingTime, earliest, endOfStreams, latest, type OperatorProgress, PartitionRun } from './partition-run.ts';
import { tracedBatches } from './traced-batches.ts';

const OPERATOR_RUN = createContextKey('planscope.exec-instrumentation.operator-run');

/** Minimum time between two checks whether an execution has ended. */
const MIN_LOOK_NANOSECONDS = 25_000_000n;

/**
 * One execution of one operator with all its partitions, from the first `execute` until the last stream has ended and
 * its outcome is known or too late. An operator that is closed before its outcome loses the report of the engine, so it
 * waits as long as its consumer does.
 *
 * More partitions may be executed while the parent operator is running, or for 250 ms at the top of a plan.
 */
export class OperatorRun {
  /** Unique within the run. */
  readonly id: string;
  /** The clock, shared with the operators above and below. */
  readonly clock: UnixClock;
  readonly #node: ExecutionPlan<Batch>;
  readonly #context: TaskContext;
  readonly #instrumentation: Instrumentation;
  readonly #parent: OperatorRun | undefined;
  readonly #parentSpan: Span | undefined;
  readonly #startedAt: bigint;
  readonly #span: OperatorSpan;
  readonly #partitions = new Map<number, PartitionRun>();
  readonly #contextsBelow = new WeakMap<TaskContext, TaskContext>();
  readonly #children = new Set<OperatorRun>();
  readonly #warnings: RunWarning[] = [];
  readonly #onClosed: () => void;
  readonly #stopListening: () => void;
  /** What is still drawn of this operator and of those below it. */
  readonly #drawings = new Set<Promise<void>>();
  #abandonedAt: bigint | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Time at which the timer should fire. */
  #lookAgainAt: bigint | undefined;
  #heldUp = 0n;
  #isClosed = false;

  constructor(
    node: ExecutionPlan<Batch>,
    context: TaskContext,
    instrumentation: Instrumentation,
    onClosed: () => void,
  ) {
    this.#node = node;
    this.#context = context;
    this.#instrumentation = instrumentation;
    this.#onClosed = onClosed;
    this.#parent = operatorAbove(context);
    this.#parentSpan = trace.getSpan(context.otelContext);
    this.clock = this.#parent?.clock ?? contextClock(context.otelContext);
    this.#startedAt = this.clock();
    this.#span = new OperatorSpan(node, context, instrumentation, this.#startedAt);
    this.id = nextOperatorId(context.run);
    this.#parent?.adopt(this);
    this.#stopListening = onAbort(context.signal, () => this.abandon(this.clock()));
    if (context.signal.aborted) this.#abandonedAt = this.#startedAt;
  }

  /** Whether an `execute` call belongs to this execution: same run, same place in the plan, and a new partition. */
  accepts(partition: number, context: TaskContext): boolean {
    return (
      context.shared === this.#context.shared &&
      operatorAbove(context) === this.#parent &&
      trace.getSpan(context.otelContext) === this.#parentSpan &&
      !this.#partitions.has(partition)
    );
  }

  join(partition: number): this {
    this.#stopTimer(this.clock());
    this.#partitions.set(partition, new PartitionRun(partition, this.#node.output === 'files', this.clock));
    return this;
  }

  /** The context for the node. Equal contexts give the same object, because a node may compare contexts. */
  contextBelow(context: TaskContext): TaskContext {
    let below = this.#contextsBelow.get(context);
    if (below === undefined) {
      below = taskContextBelow(
        context,
        (parent) => withContextClock(this.#span.contextUnder(parent).setValue(OPERATOR_RUN, this), this.clock),
        (warning) => this.#warnings.push(warning),
      );
      this.#contextsBelow.set(context, below);
    }
    return below;
  }

  isOf(run: RunIdentity): boolean {
    return run === this.#context.run;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Registers a child, which is ended if it is still open when this operator ends. */
  adopt(child: OperatorRun): void {
    this.#children.add(child);
  }

  disown(child: OperatorRun): void {
    this.#children.delete(child);
  }

  /** The outcomes of this operator and of those above it wait for a drawing, which must not reject. */
  awaitDrawing(drawing: Promise<void>): void {
    this.#drawings.add(drawing);
    void drawing.then(() => this.#drawings.delete(drawing));
    this.#parent?.awaitDrawing(drawing);
  }

  within<T>(call: () => T): T {
    return this.#isClosed ? call() : this.#span.within(call);
  }

  /** Wraps the execution that the node returned for a partition. */
  trace<Rows extends Batch>(partition: number, { batches, outcome }: Execution<Rows>): Execution<Rows> {
    const run = this.#partitions.get(partition);
    if (run === undefined) return { batches, outcome };
    this.#span.open();
    if (this.#abandonedAt !== undefined) queueMicrotask(() => this.#check());
    const settle = async (settled: ExecutionOutcome): Promise<ExecutionOutcome> => {
      run.settled(settled);
      this.#check('in slices');
      while (this.#drawings.size > 0) await Promise.all(this.#drawings);
      return settled;
    };
    const watched = outcome.then(settle, async (error: unknown) => {
      await settle({ status: 'error', error, metrics: new MetricsSet(), artifacts: [] });
      throw error;
    });
    return {
      batches: tracedBatches(batches, {
        within: (call) => this.within(call),
        asked: () => run.asked(),
        answered: () => run.answered(),
        batch: (batch) => {
          if (this.#isClosed) return;
          tryRecording('counts', this.#node.name, this.#context, () => run.passed(batch));
          this.#span.onBatch(batch);
        },
        ended: (end) => {
          run.streamEnded(end);
          this.#check();
        },
      }),
      get outcome() {
        run.isOutcomeTaken = true;
        return watched;
      },
    };
  }

  /** Records that the node threw instead of starting a partition. */
  fail(partition: number, error: unknown): void {
    this.#partitions.get(partition)?.failedToStart(error);
    this.#check();
  }

  /** Removes a partition that turned out to belong to another execution. */
  leave(partition: number): void {
    this.#partitions.delete(partition);
    if (this.#partitions.size > 0) {
      this.#check();
    } else {
      this.#span.drop(this.clock());
      this.#release();
    }
  }

  /** Records an additional consumer of this execution. */
  linkFrom(context: TaskContext): void {
    this.#span.linkFrom(context.otelContext);
  }

  /** Ends it without reading its streams to the end. */
  abandon(now: bigint): void {
    this.#abandonedAt ??= now;
    this.#check();
  }

  /**
   * Closes it if it is over; otherwise schedules the next check, if it will be over at a known time.
   *
   * @param drawing `in slices` if someone waits until the reports are drawn
   */
  #check(drawing: 'at once' | 'in slices' = 'at once'): void {
    if (this.#isClosed || this.#partitions.size === 0) return;
    const now = this.clock();
    this.#stopTimer(now);
    const due = closingTime(this.#progress(), now);
    if (due === undefined) return;
    if (due <= now) this.#close(drawing);
    else this.#lookAgain(now, due - now);
  }

  /** Waits in steps: the delay of a step shows how long the event loop was busy. */
  #lookAgain(now: bigint, remaining: bigint): void {
    const step = earliest([remaining, latest([remaining / 10n, MIN_LOOK_NANOSECONDS])]) ?? remaining;
    const milliseconds = step / 1_000_000n + 1n;
    this.#lookAgainAt = now + milliseconds * 1_000_000n;
    this.#timer = setTimeout(() => this.#check(), Number(milliseconds)).unref();
  }

  #stopTimer(now: bigint): void {
    clearTimeout(this.#timer);
    if (this.#lookAgainAt !== undefined && now > this.#lookAgainAt) this.#heldUp += now - this.#lookAgainAt;
    this.#lookAgainAt = undefined;
  }

  #progress(): OperatorProgress {
    return {
      partitions: [...this.#partitions.values()],
      partitionCount: this.#node.properties.partitionCount,
      parentRuns: this.#parent === undefined ? undefined : !this.#parent.isClosed,
      abandonedAt: this.#abandonedAt,
      startedAt: this.#startedAt,
      outcomeWait: BigInt(this.#instrumentation.outcomeWait) * 1_000_000n,
      heldUp: this.#heldUp,
    };
  }

  #close(drawing: 'at once' | 'in slices'): void {
    this.#isClosed = true;
    const endedAt = endOfStreams(this.#progress());
    for (const child of [...this.#children]) child.abandon(endedAt);
    const steps = finishingOperator({
      id: this.id,
      parentId: this.#parent?.id,
      node: this.#node,
      context: this.contextBelow(this.#context),
      instrumentation: this.#instrumentation,
      span: this.#span,
      window: { start: this.#startedAt.toString(), end: endedAt.toString() },
      partitions: [...this.#partitions.values()],
      warnings: this.#warnings,
    });
    if (drawing === 'at once') finish(steps);
    else this.awaitDrawing(finishInSlices(steps));
    this.#release();
  }

  #release(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#parent?.disown(this);
    this.#onClosed();
  }
}

/** The operator that executes another operator in the same run. */
function operatorAbove(context: TaskContext): OperatorRun | undefined {
  // It may be from another copy of this package.
  const above = context.otelContext.getValue(OPERATOR_RUN) as OperatorRun | undefined;
  return above?.isOf(context.run) === true ? above : undefined;
}

// Shared, because one process may load this package twice, as ESM and as CommonJS; each must detect the other's sinks.
const key = Symbol.for('planscope.exec-instrumentation.run-sinks');
const holder = globalThis as { [key]?: WeakMap<WarningSink, WarningSink> };
holder[key] ??= new WeakMap();

/** The sink to which a wrapped sink passes its warnings. */
const runSinks: WeakMap<WarningSink, WarningSink> = holder[key];

/**
 * The context with which a node is executed: the context of its wrapper, with the operator's span. It also records the
 * warnings of the node, but not those of nodes below it, which have their own contexts.
 *
 * @param place called when the node first reads the context
 */
function taskContextBelow(
  context: TaskContext,
  place: (parent: Context) => Context,
  note: (warning: RunWarning) => void,
): TaskContext {
  const runSink = runSinks.get(context.warn) ?? context.warn;
  const warn: WarningSink = (warning) => {
    note(warning);
    runSink(warning);
  };
  runSinks.set(warn, runSink);
  let otelContext: Context | undefined;
  return {
    ...context,
    warn,
    get otelContext(): Context {
      otelContext ??= place(context.otelContext);
      return otelContext;
    },
  };
}

type Listener = () => void;

const listeners = new WeakMap<AbortSignal, Set<Listener>>();

/**
 * Calls a function once when the signal is aborted. All functions share one listener on the signal, because Node.js
 * warns of a leak from the eleventh listener on, and a plan can have more operators.
 *
 * @returns a function that removes the callback
 */
function onAbort(signal: AbortSignal, listener: Listener): () => void {
  const waiting = listeners.get(signal) ?? listen(signal);
  waiting.add(listener);
  return () => {
    waiting.delete(listener);
  };
}

function listen(signal: AbortSignal): Set<Listener> {
  const waiting = new Set<Listener>();
  listeners.set(signal, waiting);
  signal.addEventListener(
    'abort',
    () => {
      for (const listener of [...waiting]) listener();
    },
    { once: true },
  );
  return waiting;
}

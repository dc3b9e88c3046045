import { context as activeContext, type Context, type Span, trace } from '@opentelemetry/api';
import { type Batch, type ExecutionPlan, type RunIdentity, type TaskContext, toHrTime } from '@planscope/plan';
import {
  ATTR_DATAFUSION_BOUNDEDNESS,
  ATTR_DATAFUSION_EMISSION_TYPE,
  ATTR_DATAFUSION_PARTITIONING,
  ATTR_OPERATOR_NAME,
} from '@planscope/semconv';
import type { Instrumentation } from '../instrumentation.ts';
import { identityAttributes } from '../operator-attributes.ts';
import type { FinishedOperator, OperatorRecorder, RecorderWarning } from '../recorder/operator-recorders.ts';
import { tryRecording, warnOfRecorder } from '../try-recording.ts';

/**
 * The span of one execution of an operator. It is opened when something first needs it. If the span is disabled or over
 * the budget, all methods work without it.
 */
export class OperatorSpan {
  readonly #node: ExecutionPlan<Batch>;
  readonly #context: TaskContext;
  readonly #instrumentation: Instrumentation;
  readonly #startedAt: bigint;
  readonly #linked = new WeakSet<Span>();
  #recorders: readonly OperatorRecorder[] = [];
  #isOpened = false;
  #span: Span | undefined;

  constructor(node: ExecutionPlan<Batch>, context: TaskContext, instrumentation: Instrumentation, startedAt: bigint) {
    this.#node = node;
    this.#context = context;
    this.#instrumentation = instrumentation;
    this.#startedAt = startedAt;
  }

  /** Whether it is open, and neither disabled nor over the budget. */
  get exists(): boolean {
    return this.#span !== undefined;
  }

  /** Opens the span if it is not open yet. */
  open(): void {
    this.#open();
  }

  /** Returns the given context with this span. */
  contextUnder(parent: Context): Context {
    const span = this.#open();
    return span === undefined ? parent : trace.setSpan(parent, span);
  }

  /**
   * Runs a call of the node in the currently active context with this span, so that baggage and suppression are kept.
   */
  within<T>(call: () => T): T {
    const span = this.#open();
    return span === undefined ? call() : activeContext.with(trace.setSpan(activeContext.active(), span), call);
  }

  onBatch(batch: Batch): void {
    for (const recorder of this.#recorders) {
      if (recorder.onBatch !== undefined) this.#try(recorder.name, () => recorder.onBatch?.(batch));
    }
  }

  /** Links the span of an additional consumer to this span; the parent span needs no link. */
  linkFrom(consumer: Context): void {
    const span = trace.getSpan(consumer);
    const isAbove = span === trace.getSpan(this.#context.otelContext);
    if (this.#span === undefined || span === undefined || isAbove || this.#linked.has(span)) return;
    this.#linked.add(span);
    span.addLink({ context: this.#span.spanContext(), attributes: { [ATTR_OPERATOR_NAME]: this.#node.name } });
  }

  end(operator: FinishedOperator): void {
    const span = this.#open();
    if (span === undefined) return;
    if (span.isRecording()) {
      for (const recorder of this.#recorders) this.#try(recorder.name, () => recorder.onEnd(operator, span));
    }
    this.#recorders = [];
    span.end(toHrTime(operator.window.end));
  }

  /** Ends a span that was opened for an execution which turned out to belong to another span. */
  drop(now: bigint): void {
    this.#isOpened = true;
    this.#span?.end(toHrTime(now));
  }

  #open(): Span | undefined {
    if (this.#isOpened) return this.#span;
    this.#isOpened = true;
    this.#try('span', () => {
      const { tracer, customFields, isEnabled, recorders } = this.#instrumentation;
      if (!isEnabled(this.#node) || !this.#context.budget.take()) return;
      const { name, properties } = this.#node;
      const attributes = {
        ...identityAttributes(name, 'measured', this.#context.run, customFields),
        [ATTR_DATAFUSION_PARTITIONING]: properties.partitioning,
        [ATTR_DATAFUSION_EMISSION_TYPE]: properties.emissionType,
        [ATTR_DATAFUSION_BOUNDEDNESS]: properties.boundedness,
      };
      const startTime = toHrTime(this.#startedAt);
      this.#span = tracer.startSpan(name, { attributes, startTime }, this.#context.otelContext);
      if (!this.#span.isRecording()) return;
      const warn: RecorderWarning = (recorder, what) => warnOfRecorder(recorder, name, this.#context, what);
      this.#recorders = recorders.map((create) => create(warn));
    });
    return this.#span;
  }

  #try(recorder: string, record: () => void): void {
    tryRecording(recorder, this.#node.name, this.#context, record);
  }
}

// Shared, because one process may load this package twice, as ESM and as CommonJS.
const key = Symbol.for('planscope.exec-instrumentation.operator-counts');
const holder = globalThis as { [key]?: WeakMap<RunIdentity, number> };
holder[key] ??= new WeakMap();
const counts: WeakMap<RunIdentity, number> = holder[key];

/** Returns an id that is unique in the run. */
export function nextOperatorId(run: RunIdentity): string {
  const number = (counts.get(run) ?? 0) + 1;
  counts.set(run, number);
  return `operator-${number}`;
}

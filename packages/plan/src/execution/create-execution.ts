import { MetricsSet } from '../metrics/metrics-set.ts';
import type { EngineReport, ExecutionStatus } from '../report/engine-report.ts';
import type { Artifact, Batch, Execution, ExecutionOutcome } from './execution.ts';
import type { TaskContext } from './execution-plan.ts';

/** What the body of an execution can fill while it is running. */
export interface ExecutionBody {
  readonly metrics: MetricsSet;
  readonly artifacts: Artifact[];
  /** The report of the engine that the node ran. */
  report?: EngineReport;
}

/**
 * Creates an execution from a generator of batches and fulfills the rest of the contract: the body starts at the first
 * pull; the outcome settles once, at the end, an error, an early return or an abort; an abort is checked between
 * batches and ends the output with the signal's reason.
 *
 * @param context context of this `execute` call
 * @param body yields the batches; its `finally` blocks run before the outcome settles
 */
export function createExecution<Rows extends Batch>(
  context: TaskContext,
  body: (run: ExecutionBody) => AsyncIterable<Rows> | Iterable<Rows>,
): Execution<Rows> {
  const run: ExecutionBody = { metrics: new MetricsSet(), artifacts: [] };
  let settle: (outcome: ExecutionOutcome) => void = () => {};
  const outcome = new Promise<ExecutionOutcome>((resolve) => {
    settle = resolve;
  });
  const end = (status: ExecutionStatus, failure: { error?: unknown } = {}): void => {
    const report = run.report === undefined ? {} : { report: run.report };
    settle({ status, ...failure, metrics: run.metrics, artifacts: run.artifacts, ...report });
  };
  return { batches: new Batches(context.signal, () => produce(body, run), end), outcome };
}

async function* produce<Rows extends Batch>(
  body: (run: ExecutionBody) => AsyncIterable<Rows> | Iterable<Rows>,
  run: ExecutionBody,
): AsyncGenerator<Rows, void, undefined> {
  yield* body(run);
}

type End = (status: ExecutionStatus, failure?: { error?: unknown }) => void;

/** A class instead of a generator, because `return` before the first pull must also settle the outcome. */
class Batches<Rows extends Batch> implements AsyncIterableIterator<Rows> {
  readonly #signal: AbortSignal;
  readonly #start: () => AsyncGenerator<Rows, void, undefined>;
  readonly #end: End;
  #source: AsyncGenerator<Rows, void, undefined> | undefined;
  #ended = false;

  constructor(signal: AbortSignal, start: () => AsyncGenerator<Rows, void, undefined>, end: End) {
    this.#signal = signal;
    this.#start = start;
    this.#end = end;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Rows>> {
    if (this.#ended) return { done: true, value: undefined };
    try {
      this.#signal.throwIfAborted();
      this.#source ??= this.#start();
      const result = await this.#source.next();
      if (result.done === true) this.#finish('ok');
      else this.#signal.throwIfAborted();
      return result;
    } catch (error) {
      await this.#close();
      if (this.#signal.aborted) this.#finish('cancelled');
      else this.#finish('error', { error });
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Rows>> {
    try {
      await this.#source?.return();
      this.#finish('cancelled');
    } catch (error) {
      this.#finish('error', { error });
      throw error;
    }
    return { done: true, value: undefined };
  }

  /**
   * Handles an abort from outside of the body. The clean-up of the body still runs, but its errors are not the reason.
   */
  async #close(): Promise<void> {
    await this.#source?.return().catch(() => {});
  }

  #finish(status: ExecutionStatus, failure?: { error?: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#end(status, failure);
  }
}

/**
 * Creates the execution of a node that writes or finds files. It has no batches and starts immediately, without a pull.
 *
 * @param context context of this `execute` call
 * @param work fills in artifacts and metrics, which are kept even if it fails
 */
export function fileExecution(context: TaskContext, work: (body: ExecutionBody) => Promise<void>): Execution<never> {
  const { batches, outcome } = createExecution(context, (body) => {
    const next = async (): Promise<IteratorResult<never>> => {
      await work(body);
      return { done: true, value: undefined };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  });
  const end = batches[Symbol.asyncIterator]().next();
  // A consumer that does not pull gets the error from the outcome.
  end.catch(() => {});
  return { batches: { [Symbol.asyncIterator]: () => ({ next: () => end }) }, outcome };
}

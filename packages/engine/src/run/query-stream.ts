import type { Context } from '@opentelemetry/api';
import type { Execution } from '@planscope/plan';
import type { RecordBatch, Schema } from 'apache-arrow';
import { requireOk } from './collect-output.ts';
import type { PlannedOutput } from './planned-output.ts';
import type { Run } from './run.ts';
import type { RunResult } from './run-result.ts';

/** The rows of one query as they come, and what became of the run once they have ended. */
export interface QueryStream {
  readonly schema: Schema;
  /**
   * To be read once. The run ends when it has ended, thrown, or been left early; a stream that is never read is ended by
   * its `return()`, by the run's signal, or by closing the engine.
   */
  readonly batches: AsyncIterableIterator<RecordBatch>;
  /** Resolves when the run has ended, however it ended; never rejects. */
  readonly result: Promise<RunResult>;
  /** Context of the run, for `withSpan` and whatever else of the program belongs under its span. */
  readonly otelContext: Context;
}

/** Executes one output as a stream. */
export function streamOutput(run: Run, planned: PlannedOutput): QueryStream {
  const { schema } = planned.node;
  if (schema === undefined) {
    throw new Error(
      `[planscope/engine] output "${planned.output.name}" has no schema: a rule put in the node "${planned.node.name}" without one`,
    );
  }
  const { otelContext } = run.context;
  return { schema, batches: new OutputBatches(run, planned), result: run.ended, otelContext };
}

/** The batches of one output; whichever way they end, the run ends with them, once. */
class OutputBatches implements AsyncIterableIterator<RecordBatch> {
  readonly #run: Run;
  readonly #planned: PlannedOutput;
  readonly #execution: Execution;
  readonly #source: AsyncIterator<RecordBatch>;
  readonly #onAbort = (): void => void this.return();
  #rows = 0;

  constructor(run: Run, planned: PlannedOutput) {
    this.#run = run;
    this.#planned = planned;
    this.#execution = planned.node.execute(0, run.context);
    this.#source = this.#execution.batches[Symbol.asyncIterator]();
    run.context.signal.addEventListener('abort', this.#onAbort, { once: true });
    void run.ended.then(() => run.context.signal.removeEventListener('abort', this.#onAbort));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<RecordBatch>> {
    try {
      const step = await this.#source.next();
      if (step.done === true) await this.#complete();
      else this.#rows += step.value.numRows;
      return step;
    } catch (error) {
      await this.#run.fail(error);
      throw error;
    }
  }

  async return(): Promise<IteratorResult<RecordBatch>> {
    try {
      await this.#source.return?.();
    } finally {
      await this.#run.end('cancelled');
    }
    return { done: true, value: undefined };
  }

  async #complete(): Promise<void> {
    requireOk(await this.#execution.outcome, this.#run.context.signal);
    const { output, node, confirm } = this.#planned;
    await confirm();
    this.#run.completed({ name: output.name, rows: this.#rows, schema: node.schema });
    await this.#run.end('ok');
  }
}

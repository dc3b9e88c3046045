import type { Context } from '@opentelemetry/api';
import type { Execution, ExecutionOutcome, TaskContext } from '@planscope/plan';
import { METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import type { RecordBatch, Schema } from 'apache-arrow';
import type { PlannedOutput } from './plan-run.ts';
import type { Run } from './run.ts';
import type { OutputResult, RunResult } from './run-result.ts';

/** The rows of one query as a stream, and the result of its run. */
export interface QueryStream {
  readonly schema: Schema;
  /**
   * Can be read only once. The run ends when the stream ends, throws, or is stopped early. If it is never read, end it
   * with `return()`, with the signal of the run, or by closing the engine.
   */
  readonly batches: AsyncIterableIterator<RecordBatch>;
  /** Resolves when the run has ended, with any status. Never rejects. */
  readonly result: Promise<RunResult>;
  /** Context of the run, for `withSpan` and other spans of the program under the run. */
  readonly otelContext: Context;
}

/** Executes one output as a stream. */
export function streamOutput(run: Run, planned: PlannedOutput): QueryStream {
  const { schema } = planned.node;
  if (schema === undefined) {
    throw new Error(
      `[planscope/engine] output "${planned.output.name}" has no schema, because a rule inserted the node "${planned.node.name}" without a schema`,
    );
  }
  const { otelContext } = run.context;
  return { schema, batches: new OutputBatches(run, planned), result: run.ended, otelContext };
}

/** The batches of one output. Their end also ends the run, once. */
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
      await this.#execution.outcome;
      await this.#run.fail(error);
      throw error;
    }
  }

  async return(): Promise<IteratorResult<RecordBatch>> {
    try {
      await this.#source.return?.();
      await this.#execution.outcome;
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

/**
 * Executes one output completely: writes its file or collects its batches.
 *
 * @throws the unaltered error of the execution; the signal's reason if the run was stopped
 */
export async function collectOutput(
  { output, node, target, confirm }: PlannedOutput,
  context: TaskContext,
): Promise<OutputResult> {
  const execution = node.execute(0, context);
  const batches: RecordBatch[] = [];
  try {
    for await (const batch of execution.batches) batches.push(batch);
  } catch (error) {
    // What the engine reports of a failed query belongs to the run, too.
    await execution.outcome;
    throw error;
  }
  const { artifacts, metrics } = requireOk(await execution.outcome, context.signal);
  if (target === undefined) {
    await confirm();
    const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0);
    return { name: output.name, rows, schema: node.schema, batches };
  }
  if (target.kind === 'ducklake' || target.kind === 'table') {
    await confirm();
    return { name: output.name, rows: Number(metrics.get(METRIC_OUTPUT_ROWS) ?? 0) };
  }
  const [artifact] = artifacts;
  if (artifact?.rows === undefined) throw new Error(`[planscope/engine] output "${output.name}" has no file`);
  const { bytes, etag, rows, version } = artifact;
  const file = {
    location: target.url,
    format: target.kind === 'delta' ? target.kind : target.format,
    bytes,
    ...(etag === undefined ? {} : { etag }),
    ...(version === undefined ? {} : { version }),
  };
  return { name: output.name, rows, file };
}

/** @throws the error of a failed outcome; the signal's reason for a cancelled one */
function requireOk(outcome: ExecutionOutcome, signal: AbortSignal): ExecutionOutcome {
  if (outcome.status === 'error') throw outcome.error;
  if (outcome.status === 'cancelled') {
    signal.throwIfAborted();
    throw new Error('[planscope/engine] the execution was cancelled');
  }
  return outcome;
}

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
}

/** Executes one output as a stream. */
export function streamOutput(run: Run, { output, node }: PlannedOutput): QueryStream {
  const execution = node.execute(0, run.context);
  const source = execution.batches[Symbol.asyncIterator]();
  let settle: (result: RunResult | Promise<RunResult>) => void = () => {};
  const result = new Promise<RunResult>((resolve) => {
    settle = resolve;
  });
  let rows = 0;
  let ended: Promise<RunResult> | undefined;
  const end = (how: () => Promise<RunResult>): Promise<RunResult> => {
    if (ended === undefined) {
      ended = how();
      settle(ended);
    }
    return ended;
  };
  const complete = async (): Promise<RunResult> => {
    run.completed({ name: output.name, rows, schema: node.schema });
    return run.end('ok');
  };
  const batches: AsyncIterableIterator<RecordBatch> = {
    [Symbol.asyncIterator]: () => batches,
    next: async () => {
      try {
        const step = await source.next();
        if (step.done === true) {
          requireOk(await execution.outcome, run.context.signal);
          await end(complete);
        } else {
          rows += step.value.numRows;
        }
        return step;
      } catch (error) {
        await end(() => run.fail(error));
        throw error;
      }
    },
    return: async () => {
      await source.return?.();
      await end(() => run.end('cancelled'));
      return { done: true, value: undefined };
    },
  };
  return { schema: node.schema, batches, result };
}

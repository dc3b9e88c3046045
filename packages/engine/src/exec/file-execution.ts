import { type Execution, type ExecutionOutcome, MetricsSet, type TaskContext } from '@planscope/plan';

type Finished = Omit<ExecutionOutcome, 'status' | 'error'>;

/** The execution of a node that makes files: no batches, an outcome that never rejects. */
export function fileExecution(context: TaskContext, work: () => Promise<Finished>): Execution {
  return { batches: none, outcome: settle(context, work) };
}

async function settle(context: TaskContext, work: () => Promise<Finished>): Promise<ExecutionOutcome> {
  try {
    context.signal.throwIfAborted();
    return { status: 'ok', ...(await work()) };
  } catch (error) {
    const ended = { metrics: new MetricsSet(), artifacts: [] };
    return context.signal.aborted ? { status: 'cancelled', ...ended } : { status: 'error', error, ...ended };
  }
}

const none: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

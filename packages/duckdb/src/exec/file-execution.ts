import { createExecution, type Execution, type ExecutionBody, type TaskContext } from '@planscope/plan';

/** The execution of a node that makes a file: no batches, and it begins at once, as nobody needs to pull from it. */
export function fileExecution(context: TaskContext, work: (body: ExecutionBody) => Promise<void>): Execution {
  const { batches, outcome } = createExecution(context, (body) => {
    const next = async (): Promise<IteratorResult<never>> => {
      await work(body);
      return { done: true, value: undefined };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  });
  const end = batches[Symbol.asyncIterator]().next();
  // Whoever does not pull learns of a failure from the outcome.
  end.catch(() => {});
  return { batches: { [Symbol.asyncIterator]: () => ({ next: () => end }) }, outcome };
}

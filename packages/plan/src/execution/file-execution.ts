import { createExecution, type ExecutionBody } from './create-execution.ts';
import type { Execution } from './execution.ts';
import type { TaskContext } from './task-context.ts';

/**
 * The execution of a node that makes or finds files: no batches, and it begins at once, as nobody needs to pull from it.
 *
 * @param context of this `execute` call
 * @param work fills in artifacts and metrics; what it has filled in is kept also when it then fails
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
  // Whoever does not pull learns of a failure from the outcome.
  end.catch(() => {});
  return { batches: { [Symbol.asyncIterator]: () => ({ next: () => end }) }, outcome };
}

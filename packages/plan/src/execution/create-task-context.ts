import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SharedExecutions } from './shared-executions.ts';
import { SpanBudget } from './span-budget.ts';
import type { TaskContext } from './task-context.ts';

/** The fields of a task context that a program sets; `shared` is new with each context. */
export type TaskContextOptions = Partial<Omit<TaskContext, 'shared'>>;

/**
 * The task context of one run.
 *
 * @param options default: no parent span, no abort, a random run id, spans without limit, warnings on the console
 */
export function createTaskContext(options: TaskContextOptions = {}): TaskContext {
  return {
    ...options,
    otelContext: options.otelContext ?? ROOT_CONTEXT,
    signal: options.signal ?? new AbortController().signal,
    run: options.run ?? { runId: crypto.randomUUID() },
    budget: options.budget ?? new SpanBudget(),
    warn: options.warn ?? (({ code, message }) => console.warn(code, message)),
    shared: new SharedExecutions(),
  };
}

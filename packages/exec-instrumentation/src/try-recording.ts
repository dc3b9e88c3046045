import { diag } from '@opentelemetry/api';
import type { RunIdentity, TaskContext } from '@planscope/plan';
import { describeError } from '@planscope/preview/text';

const warned = new WeakMap<RunIdentity, Set<string>>();

/**
 * Records something of an operator, or warns and lets the query go on. Each recorder warns once a run, with the code
 * `recorder-failed`.
 */
export function tryRecording(
  recorder: string,
  operator: string,
  context: Pick<TaskContext, 'run' | 'warn'>,
  record: () => void,
): void {
  try {
    record();
  } catch (error) {
    const failed = warned.get(context.run) ?? new Set();
    warned.set(context.run, failed);
    if (failed.has(recorder)) return;
    failed.add(recorder);
    const message = `recorder "${recorder}" failed with ${describeError(error).type} on ${operator}; the query went on without what it records`;
    warn(context, { code: 'recorder-failed', message, operator });
  }
}

function warn(context: Pick<TaskContext, 'warn'>, warning: Parameters<TaskContext['warn']>[0]): void {
  try {
    context.warn(warning);
  } catch {
    diag.warn(`[planscope/exec-instrumentation] ${warning.message}`);
  }
}

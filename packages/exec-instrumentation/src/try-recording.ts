import { diag } from '@opentelemetry/api';
import type { RunIdentity, RunWarning, TaskContext } from '@planscope/plan';
import { describeError } from '@planscope/redaction';

const warned = new WeakMap<RunIdentity, Set<string>>();

/** Records something of an operator, or warns and lets the query go on. */
export function tryRecording(
  recorder: string,
  operator: string,
  context: Pick<TaskContext, 'run' | 'warn'>,
  record: () => void,
): void {
  try {
    record();
  } catch (error) {
    warnOfRecorder(recorder, operator, context, `failed with ${describeError(error).type}`);
  }
}

/** Warns of a recorder that could not do its work; once a run for each, with the code `recorder-failed`. */
export function warnOfRecorder(
  recorder: string,
  operator: string,
  context: Pick<TaskContext, 'run' | 'warn'>,
  what: string,
): void {
  const failed = warned.get(context.run) ?? new Set();
  warned.set(context.run, failed);
  if (failed.has(recorder)) return;
  failed.add(recorder);
  const message = `recorder "${recorder}" on ${operator} ${what}; the query went on without what it records`;
  warn(context, { code: 'recorder-failed', message, operator });
}

function warn(context: Pick<TaskContext, 'warn'>, warning: RunWarning): void {
  try {
    context.warn(warning);
  } catch {
    diag.warn(`[planscope/exec-instrumentation] ${warning.message}`);
  }
}

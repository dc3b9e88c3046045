import { RecordingGuard } from '@planscope/internal/recording-guard';
import type { RunWarning, TaskContext } from '@planscope/plan';
import { describeError } from '@planscope/redaction';

const guard = new RecordingGuard('planscope/exec-instrumentation');

/** Runs a recorder of an operator. If it throws, raises a warning instead of failing the query. */
export function tryRecording(
  recorder: string,
  operator: string,
  context: Pick<TaskContext, 'run' | 'warn'>,
  record: () => void,
): void {
  guard.attempt(record, (error) =>
    warnOfRecorder(recorder, operator, context, `failed with ${describeError(error).type}`),
  );
}

/** Warns with the code `recorder-failed` that a recorder failed, once for each recorder and run. */
export function warnOfRecorder(
  recorder: string,
  operator: string,
  context: Pick<TaskContext, 'run' | 'warn'>,
  what: string,
): void {
  const message = `recorder "${recorder}" on ${operator} ${what}; the query went on without what it records`;
  const warning: RunWarning = { code: 'recorder-failed', message, operator };
  guard.warnOnce({ owner: context.run, recorder, warn: (warning) => context.warn(warning) }, warning);
}

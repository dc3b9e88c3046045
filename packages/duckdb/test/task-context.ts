import type { RunWarning, TaskContext } from '@planscope/plan';
import { testTaskContext } from '@planscope/plan/testing';

/** A context without a span, and the warnings it took. */
export function taskContext(signal?: AbortSignal): TaskContext & { readonly warnings: readonly RunWarning[] } {
  return testTaskContext(signal === undefined ? {} : { signal });
}

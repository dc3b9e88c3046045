import { RecordingGuard } from '@planscope/internal/recording-guard';
import type { RunIdentity, RunWarning, WarningSink } from '@planscope/plan';

/** Catches errors of tracing, so that they do not fail the planning. */
export interface PlanningGuard {
  /** Returns the result, or undefined if recording failed. The first failure of a run raises a warning. */
  attempt<T>(place: GuardedPlace, record: () => T): T | undefined;
  /** Reports an error of tracing that was caught elsewhere. */
  failed(place: GuardedPlace, error: unknown): void;
}

interface GuardedPlace {
  readonly run: RunIdentity;
  readonly warn: WarningSink;
}

export function planningGuard(): PlanningGuard {
  const guard = new RecordingGuard('planscope/rule-instrumentation');
  function failed({ run, warn }: GuardedPlace, error: unknown): void {
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    const message = `tracing of planning failed with ${kind}; spans of this run may be missing or lack plans`;
    const warning: RunWarning = { code: 'planning-trace-failed', message };
    guard.warnOnce({ owner: run, warn }, warning);
  }
  return { attempt: (place, record) => guard.attempt(record, (error) => failed(place, error)), failed };
}

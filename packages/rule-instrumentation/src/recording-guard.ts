import type { RunIdentity, WarningSink } from '@planscope/plan';

/** Runs what records, and never what is recorded. */
export interface RecordingGuard {
  /** The result, or undefined when recording failed; the run is warned of its first failure. */
  attempt<T>(place: GuardedPlace, record: () => T): T | undefined;
  /** Notes a failure of tracing that was caught elsewhere. */
  failed(place: GuardedPlace, error: unknown): void;
}

/** The run that is told. */
interface GuardedPlace {
  readonly run: RunIdentity;
  readonly warn: WarningSink;
}

/** Keeps a failure of tracing from failing the query. */
export function createRecordingGuard(): RecordingGuard {
  const warned = new WeakSet<RunIdentity>();
  function failed({ run, warn }: GuardedPlace, error: unknown): void {
    if (warned.has(run)) return;
    warned.add(run);
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    const message = `tracing of planning failed with ${kind}; spans of this run may be missing or lack plans`;
    warn({ code: 'planning-trace-failed', message });
  }
  return {
    attempt(place, record) {
      try {
        return record();
      } catch (error) {
        failed(place, error);
        return undefined;
      }
    },
    failed,
  };
}

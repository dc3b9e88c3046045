import type { Nanoseconds, Run } from '@planscope/run-model';

/** The durations of several runs. */
export interface Durations {
  readonly least: Nanoseconds;
  /** The value at position ⌈n/2⌉ in ascending order. */
  readonly median: Nanoseconds;
  /** The value at position ⌈0.95 n⌉ in ascending order. */
  readonly nearlyMost: Nanoseconds;
  readonly most: Nanoseconds;
}

/** The spread of the durations of runs; zeros without runs. */
export function durationsOf(runs: readonly Run[]): Durations {
  return spreadOf(runs.map(({ duration = 0 }) => duration));
}

/** The spread of durations; zeros without durations. */
export function spreadOf(durations: readonly Nanoseconds[]): Durations {
  const sorted = durations.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { least: at(0), median: at(0.5), nearlyMost: at(0.95), most: at(1) };
}

/** The run whose duration is the median. */
export function runAtMedian(runs: readonly Run[]): Run | undefined {
  const sorted = runs.toSorted((one, other) => (one.duration ?? 0) - (other.duration ?? 0));
  return sorted[Math.ceil(sorted.length / 2) - 1];
}

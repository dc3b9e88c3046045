import type { ReportedTiming } from './engine-report.ts';

/** How long something took, in nanoseconds: as reported, else from start to end; undefined where neither is known. */
export function reportedDuration({ duration, window }: ReportedTiming): bigint | undefined {
  if (duration !== undefined) return BigInt(duration);
  return window && BigInt(window.end) - BigInt(window.start);
}

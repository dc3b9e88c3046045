import { clampWindow, type ReportedTiming, type TimeWindow } from '@planscope/plan';
import type { TimingBasis } from '@planscope/semconv';

/** Where something reported is drawn. */
export interface PlacedTiming {
  readonly window: TimeWindow;
  /** How that window came about; never more than the report gave. */
  readonly basis: TimingBasis;
  /** Whether the window had to be moved into its parent's. */
  readonly clamped: boolean;
}

/**
 * Places reported steps of one parent, in the order they were reported.
 *
 * A step with a window stands there. One with a duration alone starts where the step before it ended, the first with
 * its parent: the earliest start that the order allows. One with neither, or that ran somewhere within its parent, gets
 * its parent's window and moves no other.
 */
export function placeTimings(timings: readonly ReportedTiming[], parent: TimeWindow): PlacedTiming[] {
  let cursor = BigInt(parent.start);
  return timings.map((timing) => {
    const { window, basis } = placeOne(timing, cursor, parent);
    const placed = clampWindow(window, parent);
    if (basis !== 'execution_window') cursor = later(cursor, BigInt(placed.window.end));
    return { ...placed, basis };
  });
}

function placeOne(
  { basis, duration, window }: ReportedTiming,
  cursor: bigint,
  parent: TimeWindow,
): Omit<PlacedTiming, 'clamped'> {
  if (window !== undefined) return { window, basis };
  if (duration === undefined || basis === 'execution_window') return { window: parent, basis: 'execution_window' };
  const derived = { start: cursor.toString(), end: (cursor + BigInt(duration)).toString() };
  const claimsStart = basis === 'measured' || basis === 'observed_events';
  return { window: derived, basis: claimsStart ? 'engine_duration' : basis };
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

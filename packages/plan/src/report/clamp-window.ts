import type { ReportedTiming, TimeWindow } from './engine-report.ts';

/** A window after it was moved into another window. */
export interface ClampedWindow {
  readonly window: TimeWindow;
  /** Whether it was moved; the span of such a window is marked. */
  readonly clamped: boolean;
}

/**
 * Moves a reported window into that of its parent. Times outside are moved to the nearest edge, and an end before its
 * start is moved to the start.
 */
export function clampWindow(child: TimeWindow, parent: TimeWindow): ClampedWindow {
  if (liesWithin(child, parent)) return { window: child, clamped: false };
  const first = BigInt(parent.start);
  const last = BigInt(parent.end);
  const start = between(BigInt(child.start), first, last);
  const end = between(BigInt(child.end), start, last);
  const clamped = start !== BigInt(child.start) || end !== BigInt(child.end);
  return { window: clamped ? { start: start.toString(), end: end.toString() } : child, clamped };
}

/** The window from the first start to the last end of some windows. */
export function coveringWindow([first, ...others]: readonly [TimeWindow, ...TimeWindow[]]): TimeWindow {
  return others.reduce(
    (whole, { start, end }) => ({
      start: BigInt(start) < BigInt(whole.start) ? start : whole.start,
      end: BigInt(end) > BigInt(whole.end) ? end : whole.end,
    }),
    first,
  );
}

function between(value: bigint, lowest: bigint, highest: bigint): bigint {
  if (value > highest) return highest < lowest ? lowest : highest;
  return value < lowest ? lowest : value;
}

/** Compares digits as text, which avoids BigInt for most windows. */
function liesWithin(child: TimeWindow, parent: TimeWindow): boolean {
  return sorted(parent.start, child.start) && sorted(child.start, child.end) && sorted(child.end, parent.end);
}

/** @returns false if the numbers differ in length, because text comparison does not order them */
function sorted(one: string, other: string): boolean {
  return one.length === other.length && one <= other;
}

/** A duration in nanoseconds: as reported, else from start to end; undefined if neither is known. */
export function reportedDuration({ duration, window }: ReportedTiming): bigint | undefined {
  if (duration !== undefined) return BigInt(duration);
  return window && BigInt(window.end) - BigInt(window.start);
}

import type { ReportedTiming, TimeWindow } from './engine-report.ts';

/** A window moved into another. */
export interface ClampedWindow {
  readonly window: TimeWindow;
  /** Whether it had to be moved; such a time is marked on its span. */
  readonly clamped: boolean;
}

/**
 * A reported window made to lie within its parent's. What lies outside is moved to the nearest edge, an end before its
 * own start to that start.
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

function between(value: bigint, lowest: bigint, highest: bigint): bigint {
  if (value > highest) return highest < lowest ? lowest : highest;
  return value < lowest ? lowest : value;
}

/** Compares digits as text, which needs no BigInt and settles most windows. */
function liesWithin(child: TimeWindow, parent: TimeWindow): boolean {
  return sorted(parent.start, child.start) && sorted(child.start, child.end) && sorted(child.end, parent.end);
}

/** @returns false if the numbers differ in length, as text does not order those */
function sorted(one: string, other: string): boolean {
  return one.length === other.length && one <= other;
}

/** How long something took, in nanoseconds: as reported, else from start to end; undefined where neither is known. */
export function reportedDuration({ duration, window }: ReportedTiming): bigint | undefined {
  if (duration !== undefined) return BigInt(duration);
  return window && BigInt(window.end) - BigInt(window.start);
}

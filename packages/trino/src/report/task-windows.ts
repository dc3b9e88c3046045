import type { TimeWindow, UnixNanoseconds } from '@planscope/plan/report';
import type { TrinoTask } from './query-info.ts';

/** Instants since 2001 have the same number of digits, so that comparing them as text needs no BigInt. */
export function isBefore(one: UnixNanoseconds, other: UnixNanoseconds): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}

/** The window around two windows, the first of which may be missing. */
export function windowAround(one: TimeWindow | undefined, other: TimeWindow): TimeWindow {
  if (one === undefined) return ordered(other);
  const start = isBefore(one.start, other.start) ? one.start : other.start;
  const end = isBefore(one.end, other.end) ? other.end : one.end;
  return ordered({ start, end });
}

function ordered({ start, end }: TimeWindow): TimeWindow {
  return isBefore(end, start) ? { start, end: start } : { start, end };
}

/** The length of a window in nanoseconds. */
export function durationIn({ start, end }: TimeWindow): number {
  return Number(BigInt(end) - BigInt(start));
}

/**
 * From the creation of a task to its end, as the clock of its machine had it; undefined if it was never created. A task
 * that still runs ends with the report.
 *
 * @param reported when the report was made
 */
export function taskWindow(
  { created, ended, pipelines }: TrinoTask,
  reported: UnixNanoseconds,
): TimeWindow | undefined {
  if (created === undefined) return undefined;
  const window = ordered({ start: created, end: ended ?? reported });
  // The end of a failed task can be some microseconds before that of its last pipeline.
  return pipelines.reduce(
    (whole, { firstStarted = whole.start, lastEnded = firstStarted }) =>
      windowAround(whole, { start: firstStarted, end: lastEnded }),
    window,
  );
}

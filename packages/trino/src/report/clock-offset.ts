import type { EngineReport, TimeWindow } from '@planscope/plan/report';

/** How far two clocks are apart, in nanoseconds. */
export interface ClockOffset {
  /** By how much the clock of the coordinator is ahead; negative if it is behind. */
  readonly offset: number;
  /** The true offset is at most so far from it. */
  readonly uncertainty: number;
}

/** Trino has instants of whole milliseconds up to 476. */
const RESOLUTION = 1_000_000n;
/** A query may end a little after its last page was sent. */
const AFTER_LAST_PAGE = 100_000_000n;

/**
 * Estimates how far the clock of the coordinator is ahead of that of the program, which sent the query before Trino
 * created it, and had its last page about when it ended.
 *
 * @param seen the query by the clock of the program
 * @returns undefined if the clocks may be equal
 */
export function clockOffset({ window, status }: EngineReport, seen: TimeWindow): ClockOffset | undefined {
  // Without the time of its creation, the window of a query begins with the epoch.
  if (window.start === '0') return undefined;
  const most = BigInt(window.start) - BigInt(seen.start) + RESOLUTION;
  // A query that fails has tasks that end later.
  const end = status === 'ok' ? BigInt(window.end) : BigInt(window.start);
  const least = end - BigInt(seen.end) - AFTER_LAST_PAGE;
  if (least <= 0n && most >= 0n) return undefined;
  const width = most > least ? most - least : 0n;
  return { offset: Number((least + most) / 2n), uncertainty: Number(width / 2n) };
}

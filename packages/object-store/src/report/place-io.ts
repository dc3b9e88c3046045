import type { HrTime } from '@opentelemetry/api';
import type { ReportedTiming, TimeWindow } from '@planscope/plan/report';
import type { TimingBasis } from '@planscope/semconv';

/** Where a reported operation is drawn. */
export interface PlacedIo {
  readonly start: HrTime;
  readonly end: HrTime;
  /** How these times came about; never more than the report gave. */
  readonly basis: TimingBasis;
  /** Whether they lay outside the parent and were moved to its edge. */
  readonly clamped: boolean;
}

/**
 * Places a reported operation within its parent: in its own window; with a duration alone, at the parent's start; with
 * neither, over the parent's whole window.
 */
export function placeIo(timing: ReportedTiming, parent: TimeWindow): PlacedIo {
  const { start, end, basis } = reported(timing, parent);
  // Plan gives this package types only, so that a store can be had without an Arrow library.
  const first = BigInt(parent.start);
  const last = BigInt(parent.end) < first ? first : BigInt(parent.end);
  const from = between(start, first, last);
  const to = between(end, from, last);
  return { start: hrTime(from), end: hrTime(to), basis, clamped: from !== start || to !== end };
}

function reported(
  { basis, duration, window }: ReportedTiming,
  parent: TimeWindow,
): { start: bigint; end: bigint; basis: TimingBasis } {
  if (window !== undefined) return { start: BigInt(window.start), end: BigInt(window.end), basis };
  const start = BigInt(parent.start);
  if (duration === undefined) return { start, end: BigInt(parent.end), basis: 'execution_window' };
  return { start, end: start + BigInt(duration), basis: basis === 'proportional' ? basis : 'engine_duration' };
}

function between(value: bigint, lowest: bigint, highest: bigint): bigint {
  if (value < lowest) return lowest;
  return value > highest ? highest : value;
}

function hrTime(instant: bigint): HrTime {
  return [Number(instant / 1_000_000_000n), Number(instant % 1_000_000_000n)];
}

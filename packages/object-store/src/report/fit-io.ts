import type { IoReport } from '@planscope/plan/report';
import { groupByOperation, type MergeLimits, mergeIo } from './merge-io.ts';

/** Entries to draw, and those for which there was no room. */
export interface FittedIo {
  readonly drawn: readonly IoReport[];
  readonly left: readonly IoReport[];
}

/**
 * Merges reported reads and writes until their number fits: first at each location, then over locations. Only when there
 * are more operators, stores and operations than room are entries left over, the smallest first.
 *
 * @param room how many spans may be made
 */
export function fitIo(io: readonly IoReport[], limits: MergeLimits, room: number): FittedIo {
  const operations = groupByOperation(io).length;
  const share = Math.max(1, Math.min(limits.perOperation, Math.floor(room / Math.max(1, operations))));
  const steps: readonly MergeLimits[] = [
    limits,
    { ...limits, perLocation: 1 },
    { perLocation: 1, perOperation: share },
  ];
  let merged: IoReport[] = [];
  for (const step of steps) {
    merged = mergeIo(io, step);
    if (merged.length <= room) return { drawn: merged, left: [] };
  }
  const bySize = merged.toSorted((left, right) => Number(BigInt(right.bytes) - BigInt(left.bytes)));
  return { drawn: bySize.slice(0, room), left: bySize.slice(room) };
}

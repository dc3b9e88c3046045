import type { ByteRange } from './get-range.ts';

/**
 * The fewest ranges that cover all the given ones without fetching a gap wider than allowed: sorted, none overlapping.
 *
 * @param gap most bytes between two ranges that are still fetched as one
 */
export function coalesceRanges(ranges: readonly ByteRange[], gap: number): ByteRange[] {
  const sorted = [...ranges].sort((left, right) => left.start - right.start);
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start - last.end <= gap) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

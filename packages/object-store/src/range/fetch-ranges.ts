import { LinkedAbort } from '../body/abortable.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import { type ByteRange, checkRange, formatRange, type GetRange } from './get-range.ts';

/** How ranges are fetched together. */
export interface FetchRangesOptions {
  readonly store: string;
  readonly path: string;
  /** Most bytes between two ranges that are fetched as one. */
  readonly gap: number;
  /** Most fetches at one time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of fetches before the first one. */
  readonly onPlan?: ((fetches: number) => void) | undefined;
}

/**
 * The bytes of each range, in the order asked for, with neighbours fetched as one. A range that ends past the object is
 * cut there; each result is its own copy. The first failure stops the other fetches.
 *
 * @param fetch the bytes of one range, cut at the end of the object
 * @throws ObjectStoreError Generic for a range that starts past the end
 */
export async function fetchRanges(
  ranges: readonly GetRange[],
  fetch: (range: GetRange, signal: AbortSignal) => Promise<Uint8Array>,
  options: FetchRangesOptions,
): Promise<Uint8Array[]> {
  for (const range of ranges) checkRange(range, options);
  const bounded = coalesceRanges(ranges.filter(isBounded), options.gap);
  const open = ranges.filter((range) => !isBounded(range));
  const fetched = await fetchAll([...bounded, ...open], fetch, options);
  return ranges.map((range) => {
    if (!isBounded(range)) return fetched[bounded.length + open.indexOf(range)]?.slice() as Uint8Array;
    const index = bounded.findLastIndex(({ start }) => start <= range.start);
    const offset = range.start - (bounded[index] as ByteRange).start;
    const bytes = fetched[index] as Uint8Array;
    if (offset >= bytes.length) {
      const text = `range ${formatRange(range)} starts past the end of the object`;
      throw new ObjectStoreError('Generic', text, options);
    }
    return bytes.slice(offset, offset + range.end - range.start);
  });
}

async function fetchAll(
  ranges: readonly GetRange[],
  fetch: (range: GetRange, signal: AbortSignal) => Promise<Uint8Array>,
  { concurrency, signal, onPlan }: FetchRangesOptions,
): Promise<Uint8Array[]> {
  onPlan?.(ranges.length);
  const stop = new LinkedAbort(signal);
  const fetched = new Array<Uint8Array>(ranges.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < ranges.length; index = next++) {
      stop.signal.throwIfAborted();
      fetched[index] = await fetch(ranges[index] as GetRange, stop.signal);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, ranges.length) }, worker));
  } catch (error) {
    stop.abort(error);
    throw error;
  } finally {
    stop.release();
  }
  return fetched;
}

function isBounded(range: GetRange): range is ByteRange {
  return 'start' in range;
}

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

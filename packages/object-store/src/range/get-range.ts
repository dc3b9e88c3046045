import { ObjectStoreError } from '../contract/object-store-error.ts';

/** From `start` up to and without `end`, in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A part of an object: between two offsets, from an offset on, or the last bytes. */
export type GetRange = ByteRange | { readonly offset: number } | { readonly suffix: number };

/**
 * The range within an object of this size. An end past the object's end is moved to it, and so is a suffix longer than
 * the object.
 *
 * @param size of the object in bytes
 * @param where store and path for the error
 * @throws ObjectStoreError Generic for a range that is empty, malformed or starts at or past the end
 */
export function resolveRange(
  range: GetRange | undefined,
  size: number,
  where: { readonly store: string; readonly path: string },
): ByteRange {
  if (range === undefined) return { start: 0, end: size };
  checkRange(range, where);
  if ('suffix' in range) return { start: Math.max(0, size - range.suffix), end: size };
  const start = 'offset' in range ? range.offset : range.start;
  if (start >= size) {
    const text = `range ${formatRange(range)} starts past the end of the object, which has ${size} bytes`;
    throw new ObjectStoreError('Generic', text, where);
  }
  return { start, end: 'offset' in range ? size : Math.min(range.end, size) };
}

/** The range as attributes show it: `0-10` (end exclusive), `10-`, `-5` for the last five. */
export function formatRange(range: GetRange): string {
  if ('suffix' in range) return `-${range.suffix}`;
  return 'offset' in range ? `${range.offset}-` : `${range.start}-${range.end}`;
}

/**
 * Rejects a range that no object could satisfy.
 *
 * @throws ObjectStoreError Generic
 */
export function checkRange(range: GetRange, where: { readonly store: string; readonly path: string }): void {
  const sound =
    'suffix' in range
      ? isOffset(range.suffix) && range.suffix > 0
      : 'offset' in range
        ? isOffset(range.offset)
        : isOffset(range.start) && isOffset(range.end) && range.start < range.end;
  if (!sound) {
    const text = `range ${JSON.stringify(range)} must hold at least one byte, between whole numbers from 0 up`;
    throw new ObjectStoreError('Generic', text, where);
  }
}

function isOffset(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

import { copyBits, countSetBits, setBits } from './bits.ts';
import type { VectorSlice } from './vector-slice.ts';

/** Which rows of a column are null, as Arrow wants it said. */
export interface NullBitmap {
  readonly nullCount: number;
  /** Undefined where no row is null. */
  readonly nullBitmap: Uint8Array | undefined;
}

/** The null bitmap of a column made of slices. */
export function nullBitmapOf(slices: readonly VectorSlice[], length: number): NullBitmap {
  if (slices.every(({ vector }) => vector.validity === undefined)) return { nullCount: 0, nullBitmap: undefined };
  const bits = new Uint8Array(Math.ceil(length / 8));
  let at = 0;
  for (const { vector, from, count } of slices) {
    if (vector.validity) copyBits(vector.validity, from, bits, at, count);
    else setBits(bits, at, count);
    at += count;
  }
  const nullCount = length - countSetBits(bits);
  return { nullCount, nullBitmap: nullCount > 0 ? bits : undefined };
}

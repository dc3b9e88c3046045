import type { DataType } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';
import type { VectorSlice } from '../vector-slice.ts';

/**
 * A column whose rows are the same bytes in DuckDB and in Arrow.
 * @param width of one row in bytes
 */
export function fixedWidthColumn(type: DataType, width: number): ColumnBuilder {
  return {
    type,
    build(slices, length) {
      const data = new type.ArrayType(joinBytes(slices, length, width).buffer);
      return arrowData(type, length, nullBitmapOf(slices, length), { data });
    },
  };
}

/** The bytes of all slices, one after the other. */
export function joinBytes(slices: readonly VectorSlice[], length: number, width: number): Uint8Array {
  const joined = new Uint8Array(length * width);
  let at = 0;
  for (const { vector, from, count } of slices) {
    joined.set(vector.bytes(width).subarray(from * width, (from + count) * width), at);
    at += count * width;
  }
  return joined;
}

import type { DataType } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder, ColumnContext } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';
import { endOffsets } from '../value-offsets.ts';
import type { VectorSlice } from '../vector-slice.ts';

const STRING_WIDTH = 16;
const LONGEST_INLINE_STRING = 12;

/** A column of strings or bytes that both sides keep alike: VARCHAR, JSON, BLOB, GEOMETRY. */
export function binaryColumn(type: DataType, { column }: ColumnContext, metadata?: Map<string, string>): ColumnBuilder {
  return {
    type,
    ...(metadata && { metadata }),
    build(slices, length) {
      const valueOffsets = byteOffsets(slices, length, column);
      const data = new Uint8Array(valueOffsets[length] as number);
      let position = 0;
      for (const slice of slices) {
        copyStrings(slice, valueOffsets, position, data);
        position += slice.count;
      }
      return arrowData(type, length, nullBitmapOf(slices, length), { valueOffsets, data });
    },
  };
}

function byteOffsets(slices: readonly VectorSlice[], length: number, column: string): Int32Array {
  const lengths = new Uint32Array(length);
  let position = 0;
  for (const { vector, from, count } of slices) {
    const words = vector.words(STRING_WIDTH);
    for (let row = from; row < from + count; row++, position++) {
      if (vector.isValid(row)) lengths[position] = words[row * 4] as number;
    }
  }
  return endOffsets(lengths, column, 'bytes');
}

function copyStrings(
  { vector, from, count }: VectorSlice,
  offsets: Int32Array,
  start: number,
  target: Uint8Array,
): void {
  const bytes = vector.bytes(STRING_WIDTH);
  const words = vector.words(STRING_WIDTH);
  let row = 0;
  while (row < count) {
    const at = offsets[start + row] as number;
    const length = lengthAt(offsets, start + row);
    if (length <= LONGEST_INLINE_STRING) {
      // A loop is quicker than a call for so few bytes.
      const inline = (from + row) * STRING_WIDTH + 4;
      for (let byte = 0; byte < length; byte++) target[at + byte] = bytes[inline + byte] as number;
      row++;
    } else {
      const end = endOfRun(words, from, row, count, offsets, start);
      const runLength = (offsets[start + end] as number) - at;
      target.set(vector.pointedBytes(from + row, runLength), at);
      row = end;
    }
  }
}

/**
 * The row after a run of long strings whose bytes lie next to each other in DuckDB's memory.
 * One native call reads the run; string by string the calls would cost more than the copying.
 */
function endOfRun(
  words: Uint32Array,
  from: number,
  first: number,
  count: number,
  offsets: Int32Array,
  start: number,
): number {
  // Addresses are compared as two words: as one number they could round.
  let low = words[(from + first) * 4 + 2] as number;
  let high = words[(from + first) * 4 + 3] as number;
  for (let row = first; ; ) {
    low += lengthAt(offsets, start + row);
    if (low > 0xffff_ffff) {
      low -= 2 ** 32;
      high++;
    }
    row++;
    if (row === count || lengthAt(offsets, start + row) <= LONGEST_INLINE_STRING) return row;
    if (words[(from + row) * 4 + 2] !== low || words[(from + row) * 4 + 3] !== high) return row;
  }
}

/** A null has no length here, whatever DuckDB left in its place. */
function lengthAt(offsets: Int32Array, position: number): number {
  return (offsets[position + 1] as number) - (offsets[position] as number);
}

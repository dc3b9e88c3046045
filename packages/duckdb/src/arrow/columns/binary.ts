import type { DataType } from 'apache-arrow';
import { arrowData, endOffsets, nullBitmapOf } from '../arrow-data.ts';
import type { ColumnBuilder, ColumnContext, VectorSlice } from '../vector-slice.ts';
import { endOfAdjacentStrings, LONGEST_INLINE_STRING, STRING_ENTRY_WIDTH } from '../vector-view.ts';

/** A column of strings or bytes that are the same in DuckDB and Arrow: VARCHAR, JSON, BLOB, GEOMETRY. */
export function binaryColumn(type: DataType, { column }: ColumnContext, metadata?: Map<string, string>): ColumnBuilder {
  return {
    type,
    ...(metadata && { metadata }),
    build(slices, length) {
      const valueOffsets = byteOffsets(slices, length, column);
      const data = new Uint8Array(valueOffsets[length] as number);
      let position = 0;
      for (const slice of slices) {
        copyStrings(slice, valueOffsets.subarray(position, position + slice.count + 1), data);
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
    const words = vector.words(STRING_ENTRY_WIDTH);
    for (let row = from; row < from + count; row++, position++) {
      if (vector.isValid(row)) lengths[position] = words[row * 4] as number;
    }
  }
  return endOffsets(lengths, column, 'bytes');
}

/** @param offsets start offsets of the slice's strings in the target, followed by the end of the last string */
function copyStrings({ vector, from }: VectorSlice, offsets: Int32Array, target: Uint8Array): void {
  const bytes = vector.bytes(STRING_ENTRY_WIDTH).subarray(from * STRING_ENTRY_WIDTH);
  const entries = vector.words(STRING_ENTRY_WIDTH).subarray(from * 4);
  const count = offsets.length - 1;
  let row = 0;
  while (row < count) {
    const at = offsets[row] as number;
    const length = (offsets[row + 1] as number) - at;
    if (length <= LONGEST_INLINE_STRING) {
      // For so few bytes, a loop is faster than a call.
      const inline = row * STRING_ENTRY_WIDTH + 4;
      for (let byte = 0; byte < length; byte++) target[at + byte] = bytes[inline + byte] as number;
      row++;
    } else {
      const end = endOfAdjacentStrings(entries, offsets, row);
      target.set(vector.pointedBytes(from + row, (offsets[end] as number) - at), at);
      row = end;
    }
  }
}

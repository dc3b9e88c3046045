import { type NullBitmap, nullBitmapOf } from './null-bitmap.ts';
import { endOffsets } from './value-offsets.ts';
import type { VectorSlice } from './vector-slice.ts';

/** `duckdb_list_entry`: offset and length of a row's elements in the child vector, 8 bytes each. */
const LIST_ENTRY_WIDTH = 16;

/** The elements of a column of lists, in the order of the rows. */
export interface ListElements {
  readonly nulls: NullBitmap;
  readonly valueOffsets: Int32Array;
  /** Where the elements are; rows may share them, skip some, or lie in any order. */
  readonly slices: readonly VectorSlice[];
  readonly count: number;
}

/** Finds the elements of the rows that are not null; elements that lie next to each other become one slice. */
export function listElements(slices: readonly VectorSlice[], length: number, column: string): ListElements {
  const lengths = new Float64Array(length);
  const elements: VectorSlice[] = [];
  let position = 0;
  for (const { vector, from, count } of slices) {
    const entries = vector.words(LIST_ENTRY_WIDTH);
    const child = vector.listChild();
    let runStart = 0;
    let runEnd = 0;
    const endRun = (): void => {
      if (runEnd > runStart) elements.push({ vector: child, from: runStart, count: runEnd - runStart });
    };
    for (let row = from; row < from + count; row++, position++) {
      const size = vector.isValid(row) ? longAt(entries, row * 4 + 2) : 0;
      if (size === 0) continue;
      lengths[position] = size;
      const start = longAt(entries, row * 4);
      if (start !== runEnd) {
        endRun();
        runStart = start;
      }
      runEnd = start + size;
    }
    endRun();
  }
  const valueOffsets = endOffsets(lengths, column, 'elements');
  return {
    nulls: nullBitmapOf(slices, length),
    valueOffsets,
    slices: elements,
    count: valueOffsets[length] as number,
  };
}

/** An unsigned 64-bit number of two words. */
function longAt(words: Uint32Array, index: number): number {
  return (words[index] as number) + (words[index + 1] as number) * 2 ** 32;
}

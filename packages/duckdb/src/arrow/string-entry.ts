// `duckdb_string_t`: a 4-byte length, then up to 12 bytes in place, or 4 bytes of prefix and a pointer.

/** Bytes of an entry in a vector of strings. */
export const STRING_ENTRY_WIDTH = 16;

/** Bytes of the longest string that is kept in its entry. */
export const LONGEST_INLINE_STRING = 12;

/**
 * The row after a run of long strings whose bytes lie next to each other in DuckDB's memory.
 * One native call reads such a run; string by string the calls would cost more than the copying.
 * @param entries of the strings, as 32-bit words
 * @param offsets the ends of the strings in the Arrow column; a null has no length, whatever its entry says
 * @param first row of the run, a long string
 */
export function endOfAdjacentStrings(entries: Uint32Array, offsets: Int32Array, first: number): number {
  // Addresses are compared as two words: as one number they could round.
  let low = entries[first * 4 + 2] as number;
  let high = entries[first * 4 + 3] as number;
  for (let row = first; ; ) {
    low += lengthAt(offsets, row);
    if (low > 0xffff_ffff) {
      low -= 2 ** 32;
      high++;
    }
    row++;
    if (row + 1 === offsets.length || lengthAt(offsets, row) <= LONGEST_INLINE_STRING) return row;
    if (entries[row * 4 + 2] !== low || entries[row * 4 + 3] !== high) return row;
  }
}

function lengthAt(offsets: Int32Array, row: number): number {
  return (offsets[row + 1] as number) - (offsets[row] as number);
}

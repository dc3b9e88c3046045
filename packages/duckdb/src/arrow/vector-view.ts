import type { DuckDBDataChunk } from '@duckdb/node-api';
import type * as duckdb from '@duckdb/node-bindings';
import { nativeBindings } from './native-bindings.ts';

/** One DuckDB vector. Its bytes, validity and children are copied from DuckDB on the first access. */
export class VectorView {
  /** Rows in the vector. */
  readonly length: number;
  // Keeps the chunk alive, which vector handles do not.
  readonly #chunk: DuckDBDataChunk;
  readonly #vector: NativeVector;
  readonly #inherited: Uint8Array | undefined;
  readonly #children = new Map<number, VectorView>();
  #validity: { readonly bits: Uint8Array | undefined } | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #words: Uint32Array | undefined;
  #longs: BigInt64Array | undefined;

  private constructor(chunk: DuckDBDataChunk, vector: NativeVector, length: number, inherited?: Uint8Array) {
    this.#chunk = chunk;
    this.#vector = vector;
    this.length = length;
    this.#inherited = inherited;
  }

  /** The vector of a chunk's column. */
  static ofColumn(chunk: DuckDBDataChunk, column: number): VectorView {
    return new VectorView(chunk, nativeBindings().data_chunk_get_vector(chunk.chunk, column), chunk.rowCount);
  }

  /** One bit for each row, set if the row has a value; undefined if all rows have values. */
  get validity(): Uint8Array | undefined {
    this.#validity ??= { bits: andBits(this.#readValidity(), this.#inherited) };
    return this.#validity.bits;
  }

  isValid(row: number): boolean {
    const { validity } = this;
    return validity === undefined || isBitSet(validity, row);
  }

  /** @param width bytes of one row */
  bytes(width: number): Uint8Array<ArrayBuffer> {
    this.#bytes ??= this.#readBytes(this.length * width);
    return this.#bytes;
  }

  /** The same bytes as 32-bit words. */
  words(width: number): Uint32Array {
    if (!this.#words) {
      const { buffer, byteOffset, byteLength } = this.bytes(width);
      this.#words = new Uint32Array(buffer, byteOffset, byteLength / 4);
    }
    return this.#words;
  }

  /** The same bytes as signed 64-bit words. */
  longs(width: number): BigInt64Array {
    if (!this.#longs) {
      const { buffer, byteOffset, byteLength } = this.bytes(width);
      this.#longs = new BigInt64Array(buffer, byteOffset, byteLength / 8);
    }
    return this.#longs;
  }

  /** The bytes of a row of VARCHAR, BLOB, BIT or BIGNUM. */
  stringBytes(row: number): Uint8Array {
    const length = this.words(STRING_ENTRY_WIDTH)[row * 4] as number;
    if (length > LONGEST_INLINE_STRING) return this.pointedBytes(row, length);
    const start = row * STRING_ENTRY_WIDTH + 4;
    return this.bytes(STRING_ENTRY_WIDTH).subarray(start, start + length);
  }

  /** Copies bytes from the address of a long string. The caller must know that `length` bytes exist there. */
  pointedBytes(row: number, length: number): Uint8Array {
    const { buffer, byteOffset } = this.bytes(STRING_ENTRY_WIDTH);
    return nativeBindings().get_data_from_pointer(buffer, byteOffset + row * STRING_ENTRY_WIDTH + 8, length);
  }

  /** All elements of a list or map vector, in storage order. */
  listChild(): VectorView {
    return this.#child(0, () => {
      const size = nativeBindings().list_vector_get_size(this.#vector);
      return new VectorView(this.#chunk, nativeBindings().list_vector_get_child(this.#vector), size);
    });
  }

  /**
   * All elements of an array vector. The elements of a null array are null.
   *
   * @param size number of elements in one array
   */
  arrayChild(size: number): VectorView {
    return this.#child(0, () => {
      const child = nativeBindings().array_vector_get_child(this.#vector);
      const inherited = this.validity && expandBits(this.validity, this.length, size);
      return new VectorView(this.#chunk, child, this.length * size, inherited);
    });
  }

  /** An entry of a struct vector. It is null if the struct is null, because DuckDB may leave any value there. */
  structChild(entry: number): VectorView {
    return this.#child(entry, () => {
      const child = nativeBindings().struct_vector_get_child(this.#vector, entry);
      return new VectorView(this.#chunk, child, this.length, this.validity);
    });
  }

  /** A member of a union vector. It is null in rows where another member is active. */
  unionMember(member: number): VectorView {
    const entry = member + 1;
    return this.#child(entry, () => {
      const tags = this.structChild(0);
      const active = matchBits(tags.bytes(1), member, tags.validity);
      return new VectorView(
        this.#chunk,
        nativeBindings().struct_vector_get_child(this.#vector, entry),
        this.length,
        active,
      );
    });
  }

  #child(index: number, create: () => VectorView): VectorView {
    const known = this.#children.get(index);
    if (known) return known;
    const child = create();
    this.#children.set(index, child);
    return child;
  }

  #readValidity(): Uint8Array | undefined {
    if (this.length === 0) return undefined;
    // The call returns null if every row is valid, which the driver's types omit.
    const bits: Uint8Array | null = nativeBindings().vector_get_validity(this.#vector, Math.ceil(this.length / 64) * 8);
    return bits ?? undefined;
  }

  #readBytes(byteLength: number): Uint8Array<ArrayBuffer> {
    if (byteLength === 0) return new Uint8Array(0);
    // The native call has a 32-bit length and would wrap around.
    if (byteLength > 0xffff_ffff)
      throw new RangeError(`[planscope/duckdb] a vector of ${byteLength} bytes cannot be read at once`);
    const bytes = nativeBindings().vector_get_data(this.#vector, byteLength);
    // Typed arrays of wider elements need an aligned offset, which a buffer from Node's pool may not have.
    return bytes.byteOffset % 8 === 0 ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
  }
}

/** A handle to a vector, whose memory is valid as long as its chunk lives. */
export type NativeVector = duckdb.Vector;

// DuckDB and Arrow use the same bitmaps: bit `row & 7` of byte `row >> 3`, least significant bit first.

export function isBitSet(bits: Uint8Array, row: number): boolean {
  return ((bits[row >> 3] as number) & (1 << (row & 7))) !== 0;
}

/** Sets `count` bits, starting at `at`. They must be 0 before. */
export function setBits(target: Uint8Array, at: number, count: number): void {
  const end = at + count;
  let bit = at;
  for (; bit < end && (bit & 7) !== 0; bit++) setBit(target, bit);
  const wholeBytesEnd = end & ~7;
  if (wholeBytesEnd > bit) {
    target.fill(0xff, bit >> 3, wholeBytesEnd >> 3);
    bit = wholeBytesEnd;
  }
  for (; bit < end; bit++) setBit(target, bit);
}

/** Copies `count` bits between any bit positions. The target bits must be 0 before. */
export function copyBits(source: Uint8Array, from: number, target: Uint8Array, at: number, count: number): void {
  let done = 0;
  if (((from | at) & 7) === 0) {
    const start = from >> 3;
    target.set(source.subarray(start, start + (count >> 3)), at >> 3);
    done = count & ~7;
  }
  for (; done < count; done++) {
    if (isBitSet(source, from + done)) setBit(target, at + done);
  }
}

export function countSetBits(bits: Uint8Array): number {
  let count = 0;
  for (let byte of bits) {
    for (; byte !== 0; byte &= byte - 1) count++;
  }
  return count;
}

/** The rows that are set in both bitmaps; in a missing bitmap, all rows are set. */
export function andBits(first: Uint8Array | undefined, second: Uint8Array | undefined): Uint8Array | undefined {
  if (!first || !second) return first ?? second;
  return first.map((byte, index) => byte & (second[index] ?? 0));
}

/** Repeats each of `count` bits `times` times. */
export function expandBits(bits: Uint8Array, count: number, times: number): Uint8Array {
  const expanded = new Uint8Array(Math.ceil((count * times) / 8));
  for (let row = 0; row < count; row++) {
    if (isBitSet(bits, row)) setBits(expanded, row * times, times);
  }
  return expanded;
}

/** The rows whose byte is `wanted`, among those set in `among`. */
export function matchBits(bytes: Uint8Array, wanted: number, among: Uint8Array | undefined): Uint8Array {
  const matches = new Uint8Array(Math.ceil(bytes.length / 8));
  for (let row = 0; row < bytes.length; row++) {
    if (bytes[row] === wanted && (!among || isBitSet(among, row))) setBit(matches, row);
  }
  return matches;
}

function setBit(bits: Uint8Array, row: number): void {
  bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
}

// `duckdb_string_t`: a 4-byte length, followed by up to 12 bytes inline or by a 4-byte prefix and a pointer.

/** Size of an entry in a vector of strings, in bytes. */
export const STRING_ENTRY_WIDTH = 16;

/** Length of the longest inline string, in bytes. */
export const LONGEST_INLINE_STRING = 12;

/**
 * The row after a run of long strings that are adjacent in DuckDB's memory. One native call reads the whole run; a call
 * for each string would cost more than the copying.
 *
 * @param entries entries of the strings, as 32-bit words
 * @param offsets offsets of the strings in the Arrow column, where a null has length 0
 * @param first first row of the run, a long string
 */
export function endOfAdjacentStrings(entries: Uint32Array, offsets: Int32Array, first: number): number {
  // Addresses are compared as two words, because a single number could be rounded.
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

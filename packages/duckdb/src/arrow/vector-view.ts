import type { DuckDBDataChunk } from '@duckdb/node-api';
import { andBits, expandBits, isBitSet, matchBits } from './bits.ts';
import { type NativeVector, nativeBindings } from './native-bindings.ts';
import { LONGEST_INLINE_STRING, STRING_ENTRY_WIDTH } from './string-entry.ts';

/** One DuckDB vector: its bytes, validity and children, each copied out of DuckDB once, when first asked for. */
export class VectorView {
  /** Rows in the vector. */
  readonly length: number;
  // Vector handles do not keep their chunk alive; this reference does.
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
    return new VectorView(chunk, nativeBindings.data_chunk_get_vector(chunk.chunk, column), chunk.rowCount);
  }

  /** One bit a row, set where there is a value; undefined where all rows have one. */
  get validity(): Uint8Array | undefined {
    this.#validity ??= { bits: andBits(this.#readValidity(), this.#inherited) };
    return this.#validity.bits;
  }

  isValid(row: number): boolean {
    const { validity } = this;
    return validity === undefined || isBitSet(validity, row);
  }

  /** @param width of one row in bytes */
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

  /** Bytes from where the pointer of a long string points; valid only for as many as are known to be there. */
  pointedBytes(row: number, length: number): Uint8Array {
    const { buffer, byteOffset } = this.bytes(STRING_ENTRY_WIDTH);
    return nativeBindings.get_data_from_pointer(buffer, byteOffset + row * STRING_ENTRY_WIDTH + 8, length);
  }

  /** All elements of a list or map vector, in the order DuckDB stores them. */
  listChild(): VectorView {
    return this.#child(0, () => {
      const size = nativeBindings.list_vector_get_size(this.#vector);
      return new VectorView(this.#chunk, nativeBindings.list_vector_get_child(this.#vector), size);
    });
  }

  /**
   * All elements of an array vector; those of a null array are null.
   * @param size elements in one array
   */
  arrayChild(size: number): VectorView {
    return this.#child(0, () => {
      const child = nativeBindings.array_vector_get_child(this.#vector);
      const inherited = this.validity && expandBits(this.validity, this.length, size);
      return new VectorView(this.#chunk, child, this.length * size, inherited);
    });
  }

  /** An entry of a struct vector; it is null where the struct is, as DuckDB may leave anything there. */
  structChild(entry: number): VectorView {
    return this.#child(entry, () => {
      const child = nativeBindings.struct_vector_get_child(this.#vector, entry);
      return new VectorView(this.#chunk, child, this.length, this.validity);
    });
  }

  /** A member of a union vector; it is null where another member is the active one. */
  unionMember(member: number): VectorView {
    const entry = member + 1;
    return this.#child(entry, () => {
      const tags = this.structChild(0);
      const active = matchBits(tags.bytes(1), member, tags.validity);
      return new VectorView(
        this.#chunk,
        nativeBindings.struct_vector_get_child(this.#vector, entry),
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
    // The driver's types leave out that it answers null where every row is valid.
    const bits: Uint8Array | null = nativeBindings.vector_get_validity(this.#vector, Math.ceil(this.length / 64) * 8);
    return bits ?? undefined;
  }

  #readBytes(byteLength: number): Uint8Array<ArrayBuffer> {
    if (byteLength === 0) return new Uint8Array(0);
    // The native call takes 32 bits and would wrap around.
    if (byteLength > 0xffff_ffff)
      throw new RangeError(`[planscope/duckdb] a vector of ${byteLength} bytes cannot be read at once`);
    const bytes = nativeBindings.vector_get_data(this.#vector, byteLength);
    // Typed arrays of wider elements want their place aligned, which a buffer of the pool would not be.
    return bytes.byteOffset % 8 === 0 ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
  }
}

import { Utf8 } from 'apache-arrow';
import { arrowData, endOffsets, nullBitmapOf } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, forEachValue } from '../vector-slice.ts';
import type { VectorView } from '../vector-view.ts';

/**
 * A column of values without an Arrow type, as the text of DuckDB's cast to VARCHAR.
 *
 * @param format returns the text of one value, in ASCII
 */
export function formattedTextColumn(
  { column }: ColumnContext,
  format: (vector: VectorView, row: number) => string,
): ColumnBuilder {
  const type = new Utf8();
  return {
    type,
    build(slices, length) {
      const texts: string[] = [];
      const lengths = new Uint32Array(length);
      forEachValue(slices, (vector, row, position) => {
        const text = format(vector, row);
        texts.push(text);
        lengths[position] = text.length;
      });
      const valueOffsets = endOffsets(lengths, column, 'bytes');
      const data = new Uint8Array(valueOffsets[length] as number);
      Buffer.from(data.buffer).write(texts.join(''), 'latin1');
      return arrowData(type, length, nullBitmapOf(slices, length), { valueOffsets, data });
    },
  };
}

/** A bit string as zeros and ones. The first byte is the number of padding bits in the second. */
export function formatBit(vector: VectorView, row: number): string {
  const [padding = 0, ...bytes] = vector.stringBytes(row);
  return bytes
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(padding);
}

const BIGNUM_HEADER_BYTES = 3;

/**
 * A BIGNUM as decimal digits. Its top bit is the sign; the magnitude follows the header and is inverted if negative.
 */
export function formatBignum(vector: VectorView, row: number): string {
  const bytes = vector.stringBytes(row);
  const negative = ((bytes[0] as number) & 0x80) === 0;
  const magnitude = Uint8Array.from(bytes.subarray(BIGNUM_HEADER_BYTES), (byte) => (negative ? ~byte : byte));
  const value = BigInt(`0x${Buffer.from(magnitude.buffer).toString('hex')}`);
  return `${negative ? -value : value}`;
}

/** A UHUGEINT as decimal digits. It consists of two unsigned 64-bit words, the lower one first. */
export function formatUnsignedHugeint(vector: VectorView, row: number): string {
  const longs = vector.longs(16);
  const low = BigInt.asUintN(64, longs[row * 2] as bigint);
  const high = BigInt.asUintN(64, longs[row * 2 + 1] as bigint);
  return `${(high << 64n) | low}`;
}

/** A UUID in lower case with hyphens. DuckDB stores it as a little-endian 128-bit number with its top bit flipped. */
export function formatUuid(vector: VectorView, row: number): string {
  const stored = vector.bytes(16).subarray(row * 16, row * 16 + 16);
  const bytes = Uint8Array.from(stored).reverse();
  bytes[0] = (bytes[0] as number) ^ 0x80;
  const hex = Buffer.from(bytes.buffer).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

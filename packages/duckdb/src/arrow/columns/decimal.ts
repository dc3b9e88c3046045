import type { DuckDBDecimalType } from '@duckdb/node-api';
import { Decimal } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';
import type { VectorSlice } from '../vector-slice.ts';
import { fixedWidthColumn } from './fixed-width.ts';

/** DECIMAL of any width as Decimal128: DuckDB keeps it in 2, 4, 8 or 16 bytes, by the number of digits. */
export function decimalColumn({ width: digits, scale }: DuckDBDecimalType): ColumnBuilder {
  const type = new Decimal(scale, digits, 128);
  if (digits > 18) return fixedWidthColumn(type, 16);
  const widen = digits <= 4 ? widenFrom(Int16Array) : digits <= 9 ? widenFrom(Int32Array) : widenLongs;
  return {
    type,
    build: (slices, length) =>
      arrowData(type, length, nullBitmapOf(slices, length), { data: new Uint32Array(widen(slices, length).buffer) }),
  };
}

type Widen = (slices: readonly VectorSlice[], length: number) => ArrayBufferView<ArrayBuffer>;

function widenFrom(Source: Int16ArrayConstructor | Int32ArrayConstructor): Widen {
  return (slices, length) => {
    const words = new Int32Array(length * 4);
    let at = 0;
    for (const { vector, from, count } of slices) {
      const { buffer, byteOffset } = vector.bytes(Source.BYTES_PER_ELEMENT);
      const values = new Source(buffer, byteOffset, vector.length);
      for (let row = from; row < from + count; row++, at += 4) {
        const value = values[row] as number;
        words[at] = value;
        if (value < 0) words.fill(-1, at + 1, at + 4);
      }
    }
    return words;
  };
}

const widenLongs: Widen = (slices, length) => {
  const longs = new BigInt64Array(length * 2);
  let at = 0;
  for (const { vector, from, count } of slices) {
    const values = vector.longs(8);
    for (let row = from; row < from + count; row++, at += 2) {
      const value = values[row] as bigint;
      longs[at] = value;
      if (value < 0n) longs[at + 1] = -1n;
    }
  }
  return longs;
};

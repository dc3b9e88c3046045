import type { DuckDBDecimalType } from '@duckdb/node-api';
import {
  Bool,
  type DataType,
  Decimal,
  Field,
  Int32,
  IntervalMonthDayNano,
  Null,
  Struct,
  TimeMicrosecond,
} from 'apache-arrow';
import { ArrowConversionError } from '../arrow-conversion-error.ts';
import { arrowData, nullBitmapOf } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, forEachValue, type VectorSlice } from '../vector-slice.ts';

/**
 * A column whose rows have the same bytes in DuckDB and Arrow.
 *
 * @param width bytes of one row
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

/** Concatenates the bytes of all slices. */
export function joinBytes(slices: readonly VectorSlice[], length: number, width: number): Uint8Array {
  const joined = new Uint8Array(length * width);
  let at = 0;
  for (const { vector, from, count } of slices) {
    joined.set(vector.bytes(width).subarray(from * width, (from + count) * width), at);
    at += count * width;
  }
  return joined;
}

/** BOOLEAN: one byte for each row in DuckDB, one bit in Arrow. */
export function booleanColumn(): ColumnBuilder {
  const type = new Bool();
  return {
    type,
    build(slices, length) {
      const data = new Uint8Array(Math.ceil(length / 8));
      let position = 0;
      for (const { vector, from, count } of slices) {
        const bytes = vector.bytes(1);
        for (let row = from; row < from + count; row++, position++) {
          if (bytes[row] !== 0) data[position >> 3] = (data[position >> 3] as number) | (1 << (position & 7));
        }
      }
      return arrowData(type, length, nullBitmapOf(slices, length), { data });
    },
  };
}

/** SQLNULL: a column whose rows are all null. */
export function nullColumn(): ColumnBuilder {
  const type = new Null();
  return { type, build: (_slices, length) => arrowData(type, length, {}, {}) };
}

/** DECIMAL of any width as Decimal128. DuckDB stores it in 2, 4, 8 or 16 bytes, depending on the number of digits. */
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

const INTERVAL_WIDTH = 16;
const MOST_MICROSECONDS = (2n ** 63n - 1n) / 1000n;

/** INTERVAL: months and days unchanged, microseconds as nanoseconds. */
export function intervalColumn({ column }: ColumnContext): ColumnBuilder {
  const type = new IntervalMonthDayNano();
  return {
    type,
    build(slices, length) {
      const longs = new BigInt64Array(length * 2);
      forEachValue(slices, (vector, row, position) => {
        const values = vector.longs(INTERVAL_WIDTH);
        const microseconds = values[row * 2 + 1] as bigint;
        if (microseconds > MOST_MICROSECONDS || microseconds < -MOST_MICROSECONDS) {
          throw new ArrowConversionError(
            'value-out-of-range',
            column,
            `has an INTERVAL of more than ${MOST_MICROSECONDS} microseconds, which does not fit in Arrow's 64-bit nanoseconds; select its parts, or cast it to VARCHAR`,
          );
        }
        longs[position * 2] = values[row * 2] as bigint;
        longs[position * 2 + 1] = microseconds * 1000n;
      });
      return arrowData(type, length, nullBitmapOf(slices, length), { data: new Int32Array(longs.buffer) });
    },
  };
}

/** DuckDB stores the offset as its difference from this one, so that packed values sort correctly. */
const LARGEST_OFFSET_SECONDS = 16 * 60 * 60 - 1;

/** TIME WITH TIME ZONE as a struct of the local time and the offset in seconds, positive east of UTC. */
export function timeWithTimeZoneColumn(): ColumnBuilder {
  const time = new Field('time', new TimeMicrosecond(), true);
  const offset = new Field('offset', new Int32(), true);
  const type = new Struct([time, offset]);
  return {
    type,
    build(slices, length) {
      const times = new BigInt64Array(length);
      const offsets = new Int32Array(length);
      forEachValue(slices, (vector, row, position) => {
        const packed = vector.longs(8)[row] as bigint;
        times[position] = BigInt.asUintN(64, packed) >> 24n;
        offsets[position] = LARGEST_OFFSET_SECONDS - Number(packed & 0xff_ffffn);
      });
      const nulls = nullBitmapOf(slices, length);
      return arrowData(type, length, nulls, {
        children: [
          arrowData(time.type, length, nulls, { data: times }),
          arrowData(offset.type, length, nulls, { data: offsets }),
        ],
      });
    },
  };
}

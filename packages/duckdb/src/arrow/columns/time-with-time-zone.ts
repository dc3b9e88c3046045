import { Field, Int32, Struct, TimeMicrosecond } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';
import { forEachValue } from '../vector-slice.ts';

/** DuckDB packs the offset as its distance from this one, so that the packed values sort. */
const LARGEST_OFFSET_SECONDS = 16 * 60 * 60 - 1;

/** TIME WITH TIME ZONE as a struct of the local time and the offset in seconds, east of UTC positive. */
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

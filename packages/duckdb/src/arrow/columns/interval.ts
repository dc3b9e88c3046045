import { IntervalMonthDayNano } from 'apache-arrow';
import { ArrowConversionError } from '../arrow-conversion-error.ts';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder, ColumnContext } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';
import { forEachValue } from '../vector-slice.ts';

const INTERVAL_WIDTH = 16;
const MOST_MICROSECONDS = (2n ** 63n - 1n) / 1000n;

/** INTERVAL: months and days as they are, microseconds as nanoseconds. */
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
            `holds an INTERVAL of more than ${MOST_MICROSECONDS} microseconds, which Arrow's 64 bits of nanoseconds cannot hold; select its parts, or cast it to VARCHAR`,
          );
        }
        longs[position * 2] = values[row * 2] as bigint;
        longs[position * 2 + 1] = microseconds * 1000n;
      });
      return arrowData(type, length, nullBitmapOf(slices, length), { data: new Int32Array(longs.buffer) });
    },
  };
}

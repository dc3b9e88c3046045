import { Bool } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';

/** BOOLEAN: a byte a row in DuckDB, a bit in Arrow. */
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

import { Utf8 } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder, ColumnContext } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';
import { endOffsets } from '../value-offsets.ts';
import { forEachValue } from '../vector-slice.ts';
import type { VectorView } from '../vector-view.ts';

/**
 * A column of values that Arrow has no type for, as the text DuckDB casts them to.
 * @param format the text of one value, in ASCII
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

import type { DuckDBArrayType } from '@duckdb/node-api';
import { FixedSizeList } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, fieldOf } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';

/** ARRAY: on both sides every row has its place for all elements, a null row too. */
export function fixedSizeListColumn(
  { valueType, length: size }: DuckDBArrayType,
  context: ColumnContext,
): ColumnBuilder {
  const item = context.inner(valueType);
  const type = new FixedSizeList(size, fieldOf('item', item));
  return {
    type,
    build(slices, length) {
      const elements = slices.map(({ vector, from, count }) => ({
        vector: vector.arrayChild(size),
        from: from * size,
        count: count * size,
      }));
      const child = item.build(elements, length * size);
      return arrowData(type, length, nullBitmapOf(slices, length), { child });
    },
  };
}

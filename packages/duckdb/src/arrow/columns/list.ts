import type { DuckDBListType } from '@duckdb/node-api';
import { List } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, fieldOf } from '../column-builder.ts';
import { listElements } from '../list-elements.ts';

export function listColumn({ valueType }: DuckDBListType, context: ColumnContext): ColumnBuilder {
  const item = context.inner(valueType);
  const type = new List(fieldOf('item', item));
  return {
    type,
    build(slices, length) {
      const elements = listElements(slices, length, context.column);
      const child = item.build(elements.slices, elements.count);
      return arrowData(type, length, elements.nulls, { valueOffsets: elements.valueOffsets, child });
    },
  };
}

import type { DuckDBStructType } from '@duckdb/node-api';
import { type Data, Struct } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, fieldOf } from '../column-builder.ts';
import { nullBitmapOf } from '../null-bitmap.ts';
import { mapSlices, type VectorSlice } from '../vector-slice.ts';

/** STRUCT; an entry without a name, as `row(…)` makes them, is named by its position from 1 on. */
export function structColumn({ entryNames, entryTypes }: DuckDBStructType, context: ColumnContext): ColumnBuilder {
  const entries = entryTypes.map((entryType) => context.inner(entryType));
  const type = new Struct(entries.map((entry, index) => fieldOf(entryNames[index] || `${index + 1}`, entry)));
  return { type, build: (slices, length) => structData(type, entries, slices, length) };
}

/** The Arrow struct of a DuckDB vector that has one child for each entry. */
export function structData(
  type: Struct,
  entries: readonly ColumnBuilder[],
  slices: readonly VectorSlice[],
  length: number,
): Data {
  const children = entries.map((entry, index) =>
    entry.build(
      mapSlices(slices, (vector) => vector.structChild(index)),
      length,
    ),
  );
  return arrowData(type, length, nullBitmapOf(slices, length), { children });
}

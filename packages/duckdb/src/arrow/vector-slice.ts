import type { DuckDBType } from '@duckdb/node-api';
import { type Data, type DataType, Field } from 'apache-arrow';
import type { VectorView } from './vector-view.ts';

/** Consecutive rows of one vector. An Arrow column is a concatenation of slices. */
export interface VectorSlice {
  readonly vector: VectorView;
  readonly from: number;
  readonly count: number;
}

/** The same rows in related vectors of the same length, such as an entry of a struct. */
export function mapSlices(
  slices: readonly VectorSlice[],
  related: (vector: VectorView) => VectorView,
): readonly VectorSlice[] {
  return slices.map(({ vector, from, count }) => ({ vector: related(vector), from, count }));
}

/** Calls `visit` for each row that has a value, with its position in the whole column. */
export function forEachValue(
  slices: readonly VectorSlice[],
  visit: (vector: VectorView, row: number, position: number) => void,
): void {
  let position = 0;
  for (const { vector, from, count } of slices) {
    for (let row = from; row < from + count; row++, position++) {
      if (vector.isValid(row)) visit(vector, row, position);
    }
  }
}

/** Builds Arrow columns of one DuckDB type. It keeps no state between batches. */
export interface ColumnBuilder {
  readonly type: DataType;
  /** Metadata of an Arrow extension type. */
  readonly metadata?: Map<string, string>;
  /**
   * @param slices the rows of the column, in order
   * @param length total number of rows in the slices
   */
  build(slices: readonly VectorSlice[], length: number): Data;
}

/** The result column for which a builder is created. */
export interface ColumnContext {
  /** Name of the result column, for errors. */
  readonly column: string;
  /** Creates the builder of a nested type. */
  inner(type: DuckDBType): ColumnBuilder;
}

/** The Arrow field of a builder's column. */
export function fieldOf(name: string, builder: ColumnBuilder, nullable = true): Field {
  return new Field(name, builder.type, nullable, builder.metadata);
}

import type { DuckDBType } from '@duckdb/node-api';
import { type Data, type DataType, Field } from 'apache-arrow';
import type { VectorView } from './vector-view.ts';

/** A run of rows of one vector. An Arrow column is made of such runs, one after the other. */
export interface VectorSlice {
  readonly vector: VectorView;
  readonly from: number;
  readonly count: number;
}

/** The same rows in a vector that is aligned with the first, such as a struct's entry. */
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

/** Makes the Arrow column of one DuckDB type; keeps nothing between two batches. */
export interface ColumnBuilder {
  readonly type: DataType;
  /** What the Arrow type alone does not say, by the names of Arrow's extension types. */
  readonly metadata?: Map<string, string>;
  /**
   * @param slices the rows of the column, in order
   * @param length rows in all slices together
   */
  build(slices: readonly VectorSlice[], length: number): Data;
}

/** What a builder is made in: a column of a result. */
export interface ColumnContext {
  /** Name of the result column, for errors. */
  readonly column: string;
  /** The builder of a type inside this one. */
  inner(type: DuckDBType): ColumnBuilder;
}

/** An Arrow field for what a builder makes. */
export function fieldOf(name: string, builder: ColumnBuilder, nullable = true): Field {
  return new Field(name, builder.type, nullable, builder.metadata);
}

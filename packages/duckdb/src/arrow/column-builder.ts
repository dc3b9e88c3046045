import type { DuckDBType } from '@duckdb/node-api';
import { type Data, type DataType, Field } from 'apache-arrow';
import type { VectorSlice } from './vector-slice.ts';

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

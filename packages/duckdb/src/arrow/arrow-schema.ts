import type { DuckDBType } from '@duckdb/node-api';
import { Schema } from 'apache-arrow';
import { type ColumnBuilder, fieldOf } from './column-builder.ts';
import { columnBuilder } from './column-builders.ts';
import { uniqueNames } from './unique-names.ts';

/** A schema, and what makes its columns. */
export interface ArrowColumns {
  readonly schema: Schema;
  readonly builders: readonly ColumnBuilder[];
}

/**
 * The Arrow schema of a DuckDB result. Every field may be null; a repeated name gets `:1`, `:2`, … added.
 * @param names of the columns
 * @param types of the columns, in the same order
 * @throws ArrowConversionError for a type that cannot be converted
 */
export function arrowSchema(names: readonly string[], types: readonly DuckDBType[]): Schema {
  return arrowColumns(names, types).schema;
}

export function arrowColumns(names: readonly string[], types: readonly DuckDBType[]): ArrowColumns {
  const unique = uniqueNames(names);
  const builders = types.map((type, index) => columnBuilder(type, unique[index] as string));
  const schema = new Schema(builders.map((builder, index) => fieldOf(unique[index] as string, builder)));
  return { schema, builders };
}

import type { DuckDBType } from '@duckdb/node-api';
import { Schema } from 'apache-arrow';
import { columnBuilder } from './column-builders.ts';
import { type ColumnBuilder, fieldOf } from './vector-slice.ts';

/** A schema and the builders of its columns. */
export interface ArrowColumns {
  readonly schema: Schema;
  readonly builders: readonly ColumnBuilder[];
}

/**
 * The Arrow schema of a DuckDB result. Every field is nullable; repeated names get the suffixes `:1`, `:2`, ….
 *
 * @param names names of the columns
 * @param types types of the columns, in the same order
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

/**
 * Makes column names unique. Repeated names get the suffixes `:1`, `:2`, … as in the driver's
 * `deduplicatedColumnNames`, but never a name that another column already has.
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = 1;
    while (taken.has(`${name}:${number}`)) number++;
    const unique = `${name}:${number}`;
    taken.add(unique);
    return unique;
  });
}

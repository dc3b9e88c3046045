import type { ColumnDescription } from '@planscope/duckdb';

/** A column of a Delta table. */
export interface DeltaField {
  readonly name: string;
  readonly type: DeltaType;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A type in the schema of a Delta table. */
export type DeltaType =
  | string
  | { readonly type: 'struct'; readonly fields: readonly DeltaField[] }
  | { readonly type: 'array'; readonly elementType: DeltaType; readonly containsNull: boolean }
  | {
      readonly type: 'map';
      readonly keyType: DeltaType;
      readonly valueType: DeltaType;
      readonly valueContainsNull: boolean;
    };

/** DuckDB's types for the primitive types of Delta. */
const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  long: 'BIGINT',
  integer: 'INTEGER',
  short: 'SMALLINT',
  byte: 'TINYINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  binary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  timestamp_ntz: 'TIMESTAMP',
};

/**
 * The columns of a Delta table with DuckDB's types.
 *
 * @param schema `schemaString` of the metadata
 * @throws RangeError with the name of a type that DuckDB does not have
 */
export function deltaColumns(schema: string): ColumnDescription[] {
  const { fields } = JSON.parse(schema) as { fields: readonly DeltaField[] };
  return fields.map(({ name, type }) => ({ name, type: sqlType(type) }));
}

function sqlType(type: DeltaType): string {
  if (typeof type === 'string') {
    const known = PRIMITIVES[type];
    if (known !== undefined) return known;
    if (/^decimal\(\d+,\s*\d+\)$/.test(type)) return type.toUpperCase();
    throw new RangeError(`the type ${JSON.stringify(type)}`);
  }
  if (type.type === 'array') return `${sqlType(type.elementType)}[]`;
  if (type.type === 'map') return `MAP(${sqlType(type.keyType)}, ${sqlType(type.valueType)})`;
  if (type.type !== 'struct') throw new RangeError(`the type ${JSON.stringify(type)}`);
  return `STRUCT(${type.fields.map(({ name, type: field }) => `"${name.replaceAll('"', '""')}" ${sqlType(field)}`).join(', ')})`;
}

import type { ColumnDescription } from '@planscope/duckdb';
import { DataType, type Field, Precision, type Schema } from 'apache-arrow';

/** A column of a Delta table. */
interface DeltaField {
  readonly name: string;
  readonly type: DeltaType;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A type in the schema of a Delta table. */
type DeltaType =
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

/**
 * The schema of a new Delta table.
 *
 * @returns `schemaString` of the metadata
 * @throws RangeError with the name of a column whose type Delta does not have
 */
export function deltaSchemaString(schema: Schema): string {
  return JSON.stringify({ type: 'struct', fields: schema.fields.map(deltaField) });
}

function deltaField({ name, type }: Field): DeltaField {
  const found = deltaType(type);
  if (found === undefined) throw new RangeError(`column ${JSON.stringify(name)} has the type ${type}`);
  return { name, type: found, nullable: true, metadata: {} };
}

/** Delta has no unsigned numbers, no times of day and no intervals. */
function deltaType(type: DataType): DeltaType | undefined {
  if (DataType.isInt(type)) {
    if (!type.isSigned) return undefined;
    return { 8: 'byte', 16: 'short', 32: 'integer', 64: 'long' }[type.bitWidth as 8 | 16 | 32 | 64];
  }
  if (DataType.isFloat(type)) return type.precision === Precision.DOUBLE ? 'double' : 'float';
  if (DataType.isDecimal(type)) return `decimal(${type.precision},${type.scale})`;
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return 'string';
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return 'binary';
  if (DataType.isBool(type)) return 'boolean';
  if (DataType.isDate(type)) return 'date';
  if (DataType.isTimestamp(type)) return type.timezone ? 'timestamp' : 'timestamp_ntz';
  if (DataType.isList(type)) {
    const elementType = deltaType(type.valueType);
    return elementType && { type: 'array', elementType, containsNull: true };
  }
  if (DataType.isStruct(type)) return { type: 'struct', fields: type.children.map(deltaField) };
  return undefined;
}

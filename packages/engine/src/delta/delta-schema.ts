import type { ColumnDescription, StoredColumn } from '@planscope/duckdb';
import { DataType, type Field, Precision, type Schema } from 'apache-arrow';
import type { DeltaMetadata } from './delta-actions.ts';

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

/** A column of a Delta table as DuckDB reads it. */
export interface DeltaColumn extends ColumnDescription {
  /** The column in the files. Its name is also the key of the values of a partition column. */
  readonly stored: StoredColumn;
  /** SQL of the value, if more than the name and the type differs. */
  readonly value?: string;
}

/**
 * The columns of a Delta table with DuckDB's types. With column mapping, the names in the files differ.
 *
 * @throws RangeError with the name of a type that DuckDB does not have
 */
export function deltaColumns({
  schemaString,
  configuration,
}: Pick<DeltaMetadata, 'schemaString' | 'configuration'>): DeltaColumn[] {
  const { fields } = JSON.parse(schemaString) as { fields: readonly DeltaField[] };
  const mode = configuration?.['delta.columnMapping.mode'] ?? 'none';
  const isMapped = mode !== 'none';
  return fields.map((field): DeltaColumn => {
    const { name, type } = field;
    const fieldId = field.metadata['delta.columnMapping.id'];
    const stored = {
      name: isMapped ? physicalName(field) : name,
      type: sqlType(type, isMapped ? physicalName : logicalName),
      ...(mode === 'id' && typeof fieldId === 'number' ? { fieldId } : {}),
    };
    const isNested = isMapped && typeof type !== 'string';
    return { name, type: sqlType(type), stored, ...(isNested ? { value: renamed(quoted(stored.name), type, 0) } : {}) };
  });
}

type NameOf = (field: DeltaField) => string;

const logicalName: NameOf = ({ name }) => name;

/** The name in the files of a table with column mapping. */
const physicalName: NameOf = ({ name, metadata }) => {
  const physical = metadata['delta.columnMapping.physicalName'];
  return typeof physical === 'string' ? physical : name;
};

function sqlType(type: DeltaType, nameOf: NameOf = logicalName): string {
  if (typeof type === 'string') {
    const known = PRIMITIVES[type];
    if (known !== undefined) return known;
    if (/^decimal\(\d+,\s*\d+\)$/.test(type)) return type.toUpperCase();
    throw new RangeError(`the type ${JSON.stringify(type)}`);
  }
  if (type.type === 'array') return `${sqlType(type.elementType, nameOf)}[]`;
  if (type.type === 'map') return `MAP(${sqlType(type.keyType, nameOf)}, ${sqlType(type.valueType, nameOf)})`;
  if (type.type !== 'struct') throw new RangeError(`the type ${JSON.stringify(type)}`);
  const fields = type.fields.map((field) => `${quoted(nameOf(field))} ${sqlType(field.type, nameOf)}`);
  return `STRUCT(${fields.join(', ')})`;
}

/**
 * SQL of a value in whose structs the names of the files are replaced by those of the table.
 *
 * @param depth of nested lists, so that each has its own name for an element
 */
function renamed(value: string, type: DeltaType, depth: number): string {
  if (typeof type === 'string') return value;
  const element = `e${depth}`;
  if (type.type === 'array') {
    return `list_transform(${value}, lambda ${element}: ${renamed(element, type.elementType, depth + 1)})`;
  }
  if (type.type === 'map') {
    const [key, entry] = [
      renamed(`${element}.key`, type.keyType, depth + 1),
      renamed(`${element}.value`, type.valueType, depth + 1),
    ];
    const pairs = `lambda ${element}: struct_pack(key := ${key}, value := ${entry})`;
    return `CASE WHEN ${value} IS NOT NULL THEN map_from_entries(list_transform(map_entries(${value}), ${pairs})) END`;
  }
  const fields = type.fields.map((field) => {
    const stored = `struct_extract(${value}, '${physicalName(field).replaceAll("'", "''")}')`;
    return `${quoted(field.name)} := ${renamed(stored, field.type, depth)}`;
  });
  return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
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

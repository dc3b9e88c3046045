import { DataType, type Field, Precision, type Schema, type Timestamp, TimeUnit } from 'apache-arrow';
import { quoted } from './table-names.ts';

/** A column of a table of the connector `hive` over Parquet files. */
export interface HiveColumn {
  /** Its name in the files. */
  readonly name: string;
  /** Its type in the table. */
  readonly type: string;
  /** What gives the values that DuckDB reads, in Trino's SQL. */
  readonly read: string;
}

/** Digits of the fractions of seconds in the timestamps of a catalog. */
export type TimestampDigits = 6 | 9;

/**
 * The columns of Parquet files in a table.
 *
 * @param schema as DuckDB reads it
 * @param digits of all timestamps: a session of Trino has one precision for a catalog
 * @param refuse called for a column whose values the connector cannot read as DuckDB does
 */
export function hiveColumns(
  schema: Schema,
  digits: TimestampDigits,
  refuse: (column: string, type: string) => Error,
): HiveColumn[] {
  return schema.fields.map((field) => {
    const name = quoted(field.name);
    const special = specialColumn(field.type, name, digits);
    if (special !== undefined) return { name: field.name, ...special };
    const type = hiveType(field.type, digits);
    if (type === undefined) throw refuse(field.name, String(field.type));
    // Hive keeps names of fields in lower case.
    const read = /"[^"]*[A-Z]/.test(type) ? `CAST(${name} AS ${type})` : name;
    return { name: field.name, type, read };
  });
}

/** The precision that the timestamps of all schemas need; undefined if there are none. */
export function timestampDigits(schemas: readonly Schema[]): TimestampDigits | undefined {
  const units = schemas.flatMap(({ fields }) => fields.flatMap(timestampUnits));
  if (units.length === 0) return undefined;
  return units.includes(TimeUnit.NANOSECOND) ? 9 : 6;
}

function timestampUnits({ type }: Field): TimeUnit[] {
  if (DataType.isTimestamp(type)) return [type.unit];
  return ((type as DataType).children ?? []).flatMap(timestampUnits);
}

/** A column whose type hive does not have. */
function specialColumn(type: DataType, name: string, digits: TimestampDigits): Omit<HiveColumn, 'name'> | undefined {
  if (DataType.isInt(type) && !type.isSigned && type.bitWidth === 32) {
    // Trino reads the bits as a signed number.
    return { type: 'bigint', read: `bitwise_and(${name}, 4294967295)` };
  }
  if (!DataType.isTimestamp(type)) return undefined;
  const hive = `timestamp(${digits})`;
  const own = type.unit === TimeUnit.NANOSECOND ? 9 : 6;
  const value = own === digits ? name : `CAST(${name} AS timestamp(${own}))`;
  const isInstant = type.timezone !== null && type.timezone !== undefined;
  // Files have instants in UTC.
  return { type: hive, read: isInstant ? `with_timezone(${value}, 'UTC')` : value };
}

/** The type in SQL; undefined for one that hive does not have. */
function hiveType(type: DataType, digits: TimestampDigits): string | undefined {
  if (DataType.isBool(type)) return 'boolean';
  if (DataType.isInt(type)) return type.isSigned ? SIGNED[type.bitWidth] : UNSIGNED[type.bitWidth];
  if (DataType.isFloat(type)) return type.precision === Precision.SINGLE ? 'real' : 'double';
  if (DataType.isDecimal(type)) return type.precision <= 38 ? `decimal(${type.precision}, ${type.scale})` : undefined;
  if (DataType.isUtf8(type)) return 'varchar';
  if (DataType.isBinary(type)) return 'varbinary';
  if (DataType.isDate(type)) return 'date';
  if (DataType.isTimestamp(type)) return nestedTimestamp(type, digits);
  const children = type.children?.map((child) => hiveType(child.type, digits));
  if (children === undefined || children.some((child) => child === undefined)) return undefined;
  if (DataType.isList(type)) return `array(${children[0]})`;
  if (DataType.isStruct(type)) {
    return `row(${type.children.map(({ name }, index) => `${quoted(name)} ${children[index]}`).join(', ')})`;
  }
  if (!DataType.isMap(type)) return undefined;
  const [entry] = type.children;
  const [key, value] = entry?.type.children?.map((child: Field) => hiveType(child.type, digits)) ?? [];
  return key === undefined || value === undefined ? undefined : `map(${key}, ${value})`;
}

const SIGNED: Readonly<Record<number, string>> = { 8: 'tinyint', 16: 'smallint', 32: 'integer', 64: 'bigint' };
/** A column of 32 bits is read by an expression; 64 bits have no type. */
const UNSIGNED: Readonly<Record<number, string>> = { 8: 'smallint', 16: 'integer' };

/** Within a value there is no expression that could change it. */
function nestedTimestamp({ unit, timezone }: Timestamp, digits: TimestampDigits): string | undefined {
  const own = unit === TimeUnit.NANOSECOND ? 9 : 6;
  return own === digits && (timezone ?? null) === null ? `timestamp(${digits})` : undefined;
}

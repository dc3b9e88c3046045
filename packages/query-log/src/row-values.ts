import {
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  listValue,
  mapValue,
  structValue,
} from '@duckdb/node-api';
import type { ColumnValue } from './column.ts';

type Entry = Readonly<Record<string, ColumnValue>>;

/** A value of a column as the driver writes it. */
export function driverValue(value: ColumnValue | Entry, type: DuckDBType): DuckDBValue {
  if (value === null) return null;
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
      return clamped(typeof value === 'number' ? BigInt(Math.round(value)) : (value as bigint));
    case DuckDBTypeId.TIMESTAMP:
      return new DuckDBTimestampValue(clamped(value as bigint));
    case DuckDBTypeId.LIST: {
      const { valueType } = type as DuckDBListType;
      return listValue((value as readonly ColumnValue[]).map((entry) => driverValue(entry, valueType)));
    }
    case DuckDBTypeId.MAP: {
      const { keyType, valueType } = type as DuckDBMapType;
      const entries = Array.from(value as ReadonlyMap<string, string>, ([key, text]) => ({
        key: driverValue(key, keyType),
        value: driverValue(text, valueType),
      }));
      return mapValue(entries);
    }
    case DuckDBTypeId.STRUCT: {
      const { entryNames, entryTypes } = type as DuckDBStructType;
      const fields = entryNames.map((name, index) => [
        name,
        driverValue((value as Entry)[name] ?? null, entryTypes[index] as DuckDBType),
      ]);
      return structValue(Object.fromEntries(fields));
    }
    default:
      return value as DuckDBValue;
  }
}

const MOST = 2n ** 63n - 1n;

function clamped(value: bigint): bigint {
  if (value > MOST) return MOST;
  return value < -MOST ? -MOST : value;
}

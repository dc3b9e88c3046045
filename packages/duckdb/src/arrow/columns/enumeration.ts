import { type DuckDBEnumType, DuckDBTypeId } from '@duckdb/node-api';
import { Dictionary, Uint8, Uint16, Uint32, Utf8, Vector } from 'apache-arrow';
import { arrowData, endOffsets, nullBitmapOf } from '../arrow-data.ts';
import type { ColumnBuilder, ColumnContext } from '../vector-slice.ts';
import { joinBytes } from './fixed-width.ts';

interface ArrowEnum {
  readonly type: Dictionary<Utf8, Uint8 | Uint16 | Uint32>;
  readonly dictionary: Vector;
}

// Arrow identifies dictionaries by an id. With one id for each DuckDB type, two schemas of the same types are equal.
const known = new WeakMap<DuckDBEnumType, ArrowEnum>();

/** ENUM as a dictionary with DuckDB's keys, in the same width. All batches share the values. */
export function enumColumn(duckdbType: DuckDBEnumType, context: ColumnContext): ColumnBuilder {
  const arrowEnum = known.get(duckdbType) ?? createArrowEnum(duckdbType, context);
  known.set(duckdbType, arrowEnum);
  const { type, dictionary } = arrowEnum;
  const keyBytes = type.indices.bitWidth / 8;
  return {
    type,
    build(slices, length) {
      const data = new type.ArrayType(joinBytes(slices, length, keyBytes).buffer);
      return arrowData(type, length, nullBitmapOf(slices, length), { data, dictionary });
    },
  };
}

function createArrowEnum({ values, internalTypeId }: DuckDBEnumType, { column }: ColumnContext): ArrowEnum {
  const keys =
    internalTypeId === DuckDBTypeId.UTINYINT
      ? new Uint8()
      : internalTypeId === DuckDBTypeId.USMALLINT
        ? new Uint16()
        : new Uint32();
  const texts = values.map((value) => Buffer.from(value));
  const valueOffsets = endOffsets(
    Uint32Array.from(texts, (text) => text.length),
    column,
    'bytes',
  );
  const data = new Uint8Array(Buffer.concat(texts));
  const type = new Dictionary(new Utf8(), keys);
  return { type, dictionary: new Vector([arrowData(type.dictionary, values.length, {}, { valueOffsets, data })]) };
}

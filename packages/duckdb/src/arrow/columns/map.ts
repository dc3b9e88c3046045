import type { DuckDBMapType } from '@duckdb/node-api';
import { type DataType, Field, Map_, Struct } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, fieldOf } from '../column-builder.ts';
import { listElements } from '../list-elements.ts';
import { structData } from './struct.ts';

/** MAP: on both sides a list of entries, each a struct of a key, which is never null, and a value. */
export function mapColumn({ keyType, valueType }: DuckDBMapType, context: ColumnContext): ColumnBuilder {
  const key = context.inner(keyType);
  const value = context.inner(valueType);
  const entry = new Struct<{ key: DataType; value: DataType }>([fieldOf('key', key, false), fieldOf('value', value)]);
  const type = new Map_(new Field('entries', entry, false));
  return {
    type,
    build(slices, length) {
      const elements = listElements(slices, length, context.column);
      const child = structData(entry, [key, value], elements.slices, elements.count);
      return arrowData(type, length, elements.nulls, { valueOffsets: elements.valueOffsets, child });
    },
  };
}

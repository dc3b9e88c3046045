import { Null } from 'apache-arrow';
import { arrowData } from '../arrow-data.ts';
import type { ColumnBuilder } from '../column-builder.ts';

/** SQLNULL: a column that can hold nothing. */
export function nullColumn(): ColumnBuilder {
  const type = new Null();
  return { type, build: (_slices, length) => arrowData(type, length, {}, {}) };
}

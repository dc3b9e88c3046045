import {
  Binary,
  Bool,
  type DataType,
  Decimal,
  Field,
  Float32,
  Int32,
  List,
  Map_,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  Uint8,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { hiveColumns, timestampDigits } from './hive-columns.ts';

const field = (name: string, type: DataType): Field => new Field(name, type, true);
const schemaOf = (type: DataType): Schema => new Schema([field('x', type)]);
const refuse = (column: string, type: string): Error => new Error(`${column}: ${type}`);
const struct = (name: string): DataType => new Struct([field(name, new Int32()), field('b', new Utf8())]);
const entries = new Struct<{ key: Utf8; value: Int32 }>([
  new Field('key', new Utf8(), false),
  new Field('value', new Int32(), true),
]);

describe('the column of a table', () => {
  it.each<[DataType, string, string]>([
    [new Bool(), 'boolean', '"x"'],
    [new Float32(), 'real', '"x"'],
    [new Decimal(4, 18, 128), 'decimal(18, 4)', '"x"'],
    [new Binary(), 'varbinary', '"x"'],
    [new Uint8(), 'smallint', '"x"'],
    [new Uint32(), 'bigint', 'bitwise_and("x", 4294967295)'],
    [new TimestampMicrosecond(), 'timestamp(9)', 'CAST("x" AS timestamp(6))'],
    [new TimestampMicrosecond('UTC'), 'timestamp(9)', `with_timezone(CAST("x" AS timestamp(6)), 'UTC')`],
    [new TimestampNanosecond(), 'timestamp(9)', '"x"'],
    [new List(field('item', struct('a'))), 'array(row("a" integer, "b" varchar))', '"x"'],
    [struct('A'), 'row("A" integer, "b" varchar)', 'CAST("x" AS row("A" integer, "b" varchar))'],
    [new Map_(new Field('entries', entries, false)), 'map(varchar, integer)', '"x"'],
  ])('%s', (type, hive, read) => {
    expect(hiveColumns(schemaOf(type), 9, refuse)).toEqual([{ name: 'x', type: hive, read }]);
  });

  it.each<[DataType]>([
    [new Uint64()],
    [new TimeMicrosecond()],
    [new List(field('item', new Uint32()))],
    [new List(field('item', new TimestampMicrosecond()))],
    [new List(field('item', new TimestampMicrosecond('UTC')))],
  ])('cannot be %s', (type) => {
    expect(() => hiveColumns(schemaOf(type), 9, refuse)).toThrow(`x: ${type}`);
  });
});

it('has as many digits of seconds as the finest timestamp of a run', () => {
  const micros = schemaOf(new List(field('item', new TimestampMicrosecond())));
  expect(timestampDigits([schemaOf(new Utf8())])).toBeUndefined();
  expect(timestampDigits([schemaOf(new Utf8()), micros])).toBe(6);
  expect(timestampDigits([schemaOf(new TimestampNanosecond()), micros])).toBe(9);
});

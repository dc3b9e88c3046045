import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Utf8,
} from 'apache-arrow';
import type { ColumnType } from '../client/column-type.ts';
import { TrinoClientError } from '../client/trino-client-error.ts';
import type { TrinoResult } from '../client/trino-result.ts';

/** Fills the buffers of a column of one Arrow type. */
interface ColumnArrow {
  readonly type: DataType;
  /** @param values as they are in a page */
  data(values: readonly unknown[]): Data;
}

/** The columns of a result as Arrow fields. All are nullable, since Trino does not say which have no NULL. */
export function arrowSchema({ columns, types }: Pick<TrinoResult, 'columns' | 'types'>): Schema {
  return new Schema(columns.map(({ name }, index) => new Field(name, arrowOf(types[index]).type, true)));
}

/**
 * Reads a result as Arrow record batches: one for each page that the server sends, which is asked for when the batch before
 * it was taken. Types without an Arrow type of the same values are Trino's exact texts: times and instants with a time zone,
 * which is that of each value, those with more than nine digits, intervals, JSON, UUIDs.
 *
 * @throws TrinoClientError `unexpected-value` if a value does not fit, for example a TIMESTAMP(9) of the year 3000
 * @throws what reading the rows of the result throws
 */
export async function* recordBatches(
  result: Pick<TrinoResult, 'columns' | 'types' | 'pages'>,
): AsyncGenerator<RecordBatch, void, undefined> {
  const schema = arrowSchema(result);
  for await (const rows of result.pages()) {
    const children = result.types.map((type, index) => arrowOf(type).data(rows.map((row) => row[index])));
    const type = new Struct(schema.fields);
    yield new RecordBatch(schema, makeData({ type, length: rows.length, nullCount: 0, children }));
  }
}

function arrowOf(type: ColumnType | undefined): ColumnArrow {
  return (type === undefined ? undefined : ARROW[type.name]?.(type)) ?? texts;
}

/** How columns become Arrow, by the name of their type. Other types are Trino's exact texts. */
const ARROW: Readonly<Record<string, (type: ColumnType) => ColumnArrow>> = {
  unknown: () => ({ type: new Null(), data: ({ length }) => makeData({ type: new Null(), length }) }),
  boolean: () => booleans,
  tinyint: () => fixed(new Int8(), Int8Array, Number),
  smallint: () => fixed(new Int16(), Int16Array, Number),
  integer: () => fixed(new Int32(), Int32Array, Number),
  bigint: () => fixed(new Int64(), BigInt64Array, (value) => BigInt(value as string | number)),
  real: () => fixed(new Float32(), Float32Array, Number),
  double: () => fixed(new Float64(), Float64Array, Number),
  decimal: ({ numbers: [precision = 38, scale = 0] }) => decimals(precision, scale),
  date: () => fixed(new DateDay(), Int32Array, (value) => Number(daysOf(String(value)))),
  time: ({ numbers: [precision = 3] }) => times(precision),
  timestamp: ({ numbers: [precision = 3] }) => timestamps(precision),
  varbinary: () => bytes(new Binary(), (value) => Buffer.from(String(value), 'base64')),
  array: ({ fields: [element] }) => lists(arrowOf(element?.type)),
  map: ({ fields: [key, value] }) => maps(arrowOf(key?.type), arrowOf(value?.type)),
  row: ({ fields }) => structs(fields.map(({ name, type }) => [name, arrowOf(type)])),
};

const texts = bytes(new Utf8(), (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

interface Numbers<T> {
  [index: number]: T;
  readonly length: number;
}

function fixed<T>(
  type: DataType,
  Buffers: new (length: number) => Numbers<T>,
  convert: (value: unknown) => T,
): ColumnArrow {
  return {
    type,
    data(values) {
      const data = new Buffers(values.length);
      for (const [index, value] of values.entries()) if (value !== null) data[index] = convert(value);
      return makeData({ type, length: values.length, data, ...validity(values) } as never);
    },
  };
}

const booleans: ColumnArrow = {
  type: new Bool(),
  data: (values) =>
    makeData({
      type: new Bool(),
      length: values.length,
      data: bits(values, (value) => value === true),
      ...validity(values),
    }),
};

function decimals(precision: number, scale: number): ColumnArrow {
  const type = new Decimal(scale, precision, 128);
  return {
    type,
    data(values) {
      const words = new BigInt64Array(2 * values.length);
      for (const [index, value] of values.entries()) {
        if (value === null) continue;
        const whole = BigInt(String(value).replace('.', ''));
        words[2 * index] = BigInt.asIntN(64, whole);
        words[2 * index + 1] = whole >> 64n;
      }
      return makeData({ type, length: values.length, data: new Uint32Array(words.buffer), ...validity(values) });
    },
  };
}

function bytes(type: Utf8 | Binary, encode: (value: unknown) => Uint8Array): ColumnArrow {
  return {
    type,
    data(values) {
      const parts = values.map((value) => (value === null ? new Uint8Array() : encode(value)));
      const valueOffsets = offsets(parts.map(({ length }) => length));
      return makeData({
        type,
        length: values.length,
        valueOffsets,
        data: Buffer.concat(parts),
        ...validity(values),
      } as never);
    },
  };
}

function lists(element: ColumnArrow): ColumnArrow {
  const type = new List(new Field('item', element.type, true));
  return {
    type,
    data(values) {
      const elements = values.map((value) => (value ?? []) as unknown[]);
      const valueOffsets = offsets(elements.map(({ length }) => length));
      return makeData({
        type,
        length: values.length,
        valueOffsets,
        child: element.data(elements.flat()),
        ...validity(values),
      });
    },
  };
}

function maps(key: ColumnArrow, value: ColumnArrow): ColumnArrow {
  const fields = [new Field('key', key.type, false), new Field('value', value.type, true)];
  const entry = new Struct<{ key: DataType; value: DataType }>(fields as never);
  const type = new Map_(new Field('entries', entry, false));
  return {
    type,
    data(values) {
      const entries = values.map((map) => Object.entries(map ?? {}));
      const valueOffsets = offsets(entries.map(({ length }) => length));
      const all = entries.flat();
      const children = [
        key.data(all.map(([name]) => keyValue(key.type, name))),
        value.data(all.map(([, held]) => held)),
      ];
      const child = makeData({ type: entry, length: all.length, nullCount: 0, children });
      return makeData({ type, length: values.length, valueOffsets, child, ...validity(values) });
    },
  };
}

/** The keys of a JSON object are texts, also those that are booleans. */
function keyValue(type: DataType, name: string): unknown {
  return type instanceof Bool ? name === 'true' : name;
}

function structs(fields: readonly (readonly [string, ColumnArrow])[]): ColumnArrow {
  const type = new Struct(fields.map(([name, arrow]) => new Field(name, arrow.type, true)));
  return {
    type,
    data(values) {
      const children = fields.map(([, arrow], index) =>
        arrow.data(values.map((value) => (value === null ? null : ((value as unknown[])[index] ?? null)))),
      );
      return makeData({ type, length: values.length, children, ...validity(values) });
    },
  };
}

function times(precision: number): ColumnArrow {
  if (precision > 9) return texts;
  if (precision > 6) return fixed(new TimeNanosecond(), BigInt64Array, (value) => timeOf(String(value), 9));
  if (precision > 3) return fixed(new TimeMicrosecond(), BigInt64Array, (value) => timeOf(String(value), 6));
  return fixed(new TimeMillisecond(), Int32Array, (value) => Number(timeOf(String(value), 3)));
}

function timestamps(precision: number): ColumnArrow {
  if (precision > 9) return texts;
  if (precision > 6) return fixed(new TimestampNanosecond(), BigInt64Array, (value) => instantOf(String(value), 9));
  if (precision > 3) return fixed(new TimestampMicrosecond(), BigInt64Array, (value) => instantOf(String(value), 6));
  return fixed(new TimestampMillisecond(), BigInt64Array, (value) => instantOf(String(value), 3));
}

const DAY_MS = 86_400_000;

function daysOf(text: string): bigint {
  const [, year, month, day] = /^([+-]?\d+)-(\d\d)-(\d\d)$/.exec(text) ?? [];
  // `Date.UTC` takes the years 0 to 99 for those of the last century.
  const days = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day)) / DAY_MS;
  if (!Number.isFinite(days)) throw unexpected('date', text);
  return BigInt(days);
}

/** @param digits of a second */
function timeOf(text: string, digits: number): bigint {
  const [, hours, minutes, seconds, fraction = ''] = /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text) ?? [];
  if (hours === undefined) throw unexpected('time', text);
  const whole = BigInt(Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
  return whole * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0'));
}

function instantOf(text: string, digits: number): bigint {
  const [date = '', time = ''] = text.split(' ');
  const instant = daysOf(date) * 86_400n * 10n ** BigInt(digits) + timeOf(time, digits);
  if (BigInt.asIntN(64, instant) !== instant) throw unexpected('timestamp', text);
  return instant;
}

/** The error names only the kind of the value, since errors end up in logs. */
function unexpected(kind: string, { length }: string): TrinoClientError {
  return new TrinoClientError('unexpected-value', `a ${kind} of ${length} characters does not fit into its Arrow type`);
}

function offsets(lengths: readonly number[]): Int32Array {
  const found = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) found[index + 1] = (found[index] ?? 0) + length;
  return found;
}

function validity(values: readonly unknown[]): { nullCount: number; nullBitmap?: Uint8Array } {
  const nullCount = values.reduce<number>((count, value) => (value === null ? count + 1 : count), 0);
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bits(values, (value) => value !== null) };
}

function bits(values: readonly unknown[], isSet: (value: unknown) => boolean): Uint8Array {
  const found = new Uint8Array(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries()) {
    if (isSet(value)) found[index >> 3] = (found[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return found;
}

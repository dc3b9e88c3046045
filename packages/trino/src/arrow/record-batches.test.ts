import { type RecordBatch, Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import { expect, it } from 'vitest';
import type { ColumnType } from '../client/column-type.ts';
import { arrowSchema, recordBatches } from './record-batches.ts';

function type(name: string, numbers: number[] = [], ...inner: ColumnType[]): ColumnType {
  return { name, numbers, fields: inner.map((field, index) => ({ name: `f${index}`, type: field })) };
}

/** The table of a page with one column, as another reader gets it. */
async function roundTrip(
  column: ColumnType,
  values: readonly unknown[],
): Promise<{ type: string; values: unknown[]; bits: unknown }> {
  const result = {
    columns: [{ name: 'c', type: 'sql' }],
    types: [column],
    async *pages() {
      yield values.map((value) => [value]);
    },
  };
  const batches: RecordBatch[] = [];
  for await (const batch of recordBatches(result)) batches.push(batch);
  const read = tableFromIPC(tableToIPC(new Table(arrowSchema(result), batches))).getChildAt(0);
  return {
    type: String(read?.type),
    values: JSON.parse(JSON.stringify(read, (_, held) => (typeof held === 'bigint' ? String(held) : held))),
    bits: read?.data[0]?.values,
  };
}

it.each([
  ['boolean', type('boolean'), [true, null, false, true], 'Bool', [true, null, false, true]],
  ['integer', type('integer'), [1, null, -2], 'Int32', [1, null, -2]],
  ['bigint', type('bigint'), ['9007199254740993', null, 5], 'Int64', ['9007199254740993', null, '5']],
  ['double', type('double'), ['Infinity', 0.5, null], 'Float64', [null, 0.5, null]],
  ['varchar', type('varchar', [9]), ['ä', '', null], 'Utf8', ['ä', '', null]],
  ['array', type('array', [], type('integer')), [[1, null], null, []], 'List<Int32>', [[1, null], null, []]],
  [
    'map',
    type('map', [], type('boolean'), type('bigint')),
    [{ true: 1, false: null }, null, {}],
    'Map<{key:Bool, value:Int64}>',
    [{ true: '1', false: null }, null, {}],
  ],
  [
    'row',
    type('row', [], type('integer'), type('varchar')),
    [[1, 'a'], null, [null, 'b']],
    'Struct<{f0:Int32, f1:Utf8}>',
    [{ f0: 1, f1: 'a' }, null, { f0: null, f1: 'b' }],
  ],
  ['nothing', type('unknown'), [null, null], 'Null', [null, null]],
  ['a type without Arrow', type('interval day to second'), ['2 00:00:00.000'], 'Utf8', ['2 00:00:00.000']],
  [
    'too fine an instant',
    type('timestamp', [12]),
    ['2020-01-01 00:00:00.000000000001'],
    'Utf8',
    ['2020-01-01 00:00:00.000000000001'],
  ],
] as const)('makes Arrow of %s', async (_, column, values, arrow, expected) => {
  const read = await roundTrip(column, values);
  expect(read.type).toBe(arrow);
  expect(read.values).toEqual(expected);
});

it.each([
  [
    'decimal(38,3)',
    type('decimal', [38, 3]),
    ['-12.340', '99999999999999999999999999999999999.999'],
    (bits: Uint32Array) => {
      const words = new BigInt64Array(bits.buffer, bits.byteOffset, 4);
      const whole = (index: number): bigint =>
        ((words[2 * index + 1] ?? 0n) << 64n) + BigInt.asUintN(64, words[2 * index] ?? 0n);
      return [whole(0), whole(1)];
    },
    [-12340n, 10n ** 38n - 1n],
  ],
  [
    'date',
    type('date'),
    ['1970-01-02', '0001-01-01', '-0044-03-15', '9999-12-31'],
    (bits: Int32Array) => [...bits],
    [1, -719162, -735525, 2932896],
  ],
  ['time(3)', type('time', [3]), ['00:00:01.002'], (bits: Int32Array) => [...bits], [1002]],
  ['time(9)', type('time', [9]), ['23:59:59.000000001'], (bits: BigInt64Array) => [...bits], [86_399_000_000_001n]],
  ['timestamp(0)', type('timestamp', [0]), ['1969-12-31 23:59:59'], (bits: BigInt64Array) => [...bits], [-1000n]],
  [
    'timestamp(6)',
    type('timestamp', [6]),
    ['2020-01-02 03:04:05.123456'],
    (bits: BigInt64Array) => [...bits],
    [1_577_934_245_123_456n],
  ],
  ['timestamp(9)', type('timestamp', [9]), ['1970-01-01 00:00:00.000000007'], (bits: BigInt64Array) => [...bits], [7n]],
] as const)('keeps every digit of a %s', async (_, column, values, readBits, expected) => {
  const { bits } = await roundTrip(column, values);
  expect((readBits as (bits: unknown) => unknown[])(bits).slice(0, values.length)).toEqual(expected);
});

it('refuses a value that its Arrow type cannot hold, without the value', async () => {
  const column = type('timestamp', [9]);
  await expect(roundTrip(column, ['3000-01-01 00:00:00.000000000'])).rejects.toThrow(
    /^\[planscope\/trino\] a timestamp of 29 characters/,
  );
});

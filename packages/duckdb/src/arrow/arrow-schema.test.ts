import {
  ANY,
  DuckDBInstance,
  DuckDBStructType,
  type DuckDBType,
  ENUM,
  INTEGER,
  LIST,
  SQLNULL,
  STRUCT,
  UNION,
  VARCHAR,
} from '@duckdb/node-api';
import { type Field, util } from 'apache-arrow';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrowConversionError } from './arrow-conversion-error.ts';
import { arrowSchema, uniqueNames } from './arrow-schema.ts';

async function schemaOf(sql: string): Promise<ReturnType<typeof arrowSchema>> {
  const connection = await (await DuckDBInstance.create()).connect();
  const result = await connection.run(sql);
  return arrowSchema(result.columnNames(), result.columnTypes());
}

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function typeOf(type: DuckDBType): string {
  return String(arrowSchema(['c'], [type]).fields[0]?.type);
}

test('every type has its Arrow type', async () => {
  const { fields } = await schemaOf('SELECT * FROM test_all_types()');
  expect(fields.map(({ name, type }) => `${name}: ${type}`)).toMatchInlineSnapshot(`
    [
      "bool: Bool",
      "tinyint: Int8",
      "smallint: Int16",
      "int: Int32",
      "bigint: Int64",
      "hugeint: Decimal[38e0]",
      "uhugeint: Utf8",
      "utinyint: Uint8",
      "usmallint: Uint16",
      "uint: Uint32",
      "ubigint: Uint64",
      "bignum: Utf8",
      "date: Date32<DAY>",
      "time: Time64<MICROSECOND>",
      "timestamp: Timestamp<MICROSECOND>",
      "timestamp_s: Timestamp<SECOND>",
      "timestamp_ms: Timestamp<MILLISECOND>",
      "timestamp_ns: Timestamp<NANOSECOND>",
      "time_tz: Struct<{time:Time64<MICROSECOND>, offset:Int32}>",
      "timestamp_tz: Timestamp<MICROSECOND, UTC>",
      "float: Float32",
      "double: Float64",
      "dec_4_1: Decimal[4e+1]",
      "dec_9_4: Decimal[9e+4]",
      "dec_18_6: Decimal[18e+6]",
      "dec38_10: Decimal[38e+10]",
      "uuid: Utf8",
      "interval: Interval<MONTH_DAY_NANO>",
      "varchar: Utf8",
      "blob: Binary",
      "bit: Utf8",
      "small_enum: Dictionary<Uint8, Utf8>",
      "medium_enum: Dictionary<Uint16, Utf8>",
      "large_enum: Dictionary<Uint8, Utf8>",
      "int_array: List<Int32>",
      "double_array: List<Float64>",
      "date_array: List<Date32<DAY>>",
      "timestamp_array: List<Timestamp<MICROSECOND>>",
      "timestamptz_array: List<Timestamp<MICROSECOND, UTC>>",
      "varchar_array: List<Utf8>",
      "nested_int_array: List<List<Int32>>",
      "struct: Struct<{a:Int32, b:Utf8}>",
      "struct_of_arrays: Struct<{a:List<Int32>, b:List<Utf8>}>",
      "array_of_structs: List<Struct<{a:Int32, b:Utf8}>>",
      "map: Map<{key:Utf8, value:Utf8}>",
      "union: Union<Utf8 | Int16 | Null>",
      "fixed_int_array: FixedSizeList[3]<Int32>",
      "fixed_varchar_array: FixedSizeList[3]<Utf8>",
      "fixed_nested_int_array: FixedSizeList[3]<FixedSizeList[3]<Int32>>",
      "fixed_nested_varchar_array: FixedSizeList[3]<FixedSizeList[3]<Utf8>>",
      "fixed_struct_array: FixedSizeList[3]<Struct<{a:Int32, b:Utf8}>>",
      "struct_of_fixed_array: Struct<{a:FixedSizeList[3]<Int32>, b:FixedSizeList[3]<Utf8>}>",
      "fixed_array_of_int_list: FixedSizeList[3]<List<Int32>>",
      "list_of_fixed_int_array: List<FixedSizeList[3]<Int32>>",
      "time_ns: Time64<NANOSECOND>",
      "geometry: Binary",
    ]
  `);
});

test('a type without a value is Null', () => {
  expect(typeOf(SQLNULL)).toBe('Null');
});

test('a VARIANT has the storage type of DuckDB', async () => {
  const { fields } = await schemaOf('SELECT 1::VARIANT AS v');
  expect(String(fields[0])).toMatchInlineSnapshot(
    `"v: Struct<{keys:List<Utf8>, children:List<Struct<{keys_index:Uint32, values_index:Uint32}>>, values:List<Struct<{type_id:Uint8, byte_offset:Uint32}>>, data:Binary}>"`,
  );
});

test('decimals keep their digits and scale, timestamps their unit and zone', async () => {
  const { fields } = await schemaOf("SELECT 1::DECIMAL(9, 4) AS d, '2020-01-01 00:00:00+00'::TIMESTAMPTZ AS t");
  expect(fields[0]?.type).toMatchObject({ precision: 9, scale: 4, bitWidth: 128 });
  expect(fields[1]?.type).toMatchObject({ unit: 2, timezone: 'UTC' });
});

test('JSON and GEOMETRY have the names of their Arrow extension types, even inside other types', async () => {
  const { fields } = await schemaOf(
    "SELECT '1'::JSON AS j, {n: '1'::JSON} AS s, 'POINT(1 2)'::GEOMETRY AS g, 'POINT(1 2)'::GEOMETRY('OGC:CRS84') AS c",
  );
  const extension = (field: Field | undefined): Record<string, string> => Object.fromEntries(field?.metadata ?? []);
  const [json, struct, geometry, located] = fields;
  const named = { 'ARROW:extension:name': 'arrow.json', 'ARROW:extension:metadata': '' };
  expect(extension(json)).toEqual(named);
  expect(extension(struct?.type.children[0])).toEqual(named);
  expect(extension(geometry)).toEqual({
    'ARROW:extension:name': 'geoarrow.wkb',
    'ARROW:extension:metadata': '{}',
  });
  expect(extension(located)?.['ARROW:extension:metadata']).toContain('CRS84');
});

test('columns with the same name get different names', async () => {
  const { fields } = await schemaOf('SELECT 1 AS a, 2 AS a, 3 AS "a:1"');
  expect(fields.map(({ name }) => name)).toEqual(['a', 'a:2', 'a:1']);
});

test('entries without a name are named by their position, as in struct_extract', async () => {
  const { fields } = await schemaOf("SELECT row(1, 'x') AS r");
  expect(String(fields[0]?.type)).toBe('Struct<{1:Int32, 2:Utf8}>');
});

test('two schemas of the same types are equal, dictionaries included', () => {
  const types = [ENUM(['a', 'b']), STRUCT({ e: ENUM(['c']) })];
  expect(util.compareSchemas(arrowSchema(['x', 'y'], types), arrowSchema(['x', 'y'], types))).toBe(true);
});

test('two ENUMs in one result have separate dictionaries', () => {
  const ids = arrowSchema(['x', 'y'], [ENUM(['a']), ENUM(['a'])]).dictionaries;
  expect(ids.size).toBe(2);
});

test('an unknown type is refused with the name of its column', () => {
  const error = thrown(() => arrowSchema(['good', 'bad'], [INTEGER, ANY]));
  expect(ArrowConversionError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ code: 'unsupported-type', column: 'bad' });
  expect(String(error)).toMatchInlineSnapshot(
    `"ArrowConversionError: [planscope/duckdb] column "bad" has the type ANY, which cannot be converted to Arrow; cast it to another type, for example VARCHAR"`,
  );
});

test('an unknown type inside another type is refused with both types', () => {
  const error = thrown(() => arrowSchema(['s'], [STRUCT({ a: LIST(ANY) })]));
  expect(String(error)).toMatchInlineSnapshot(
    `"ArrowConversionError: [planscope/duckdb] column "s" has the type ANY inside STRUCT("a" ANY[]), which cannot be converted to Arrow; cast it to another type, for example VARCHAR"`,
  );
});

test('a type of a later version of DuckDB is refused', () => {
  const unknown = { typeId: 99, toString: () => 'POINTCLOUD' } as unknown as DuckDBType;
  expect(() => arrowSchema(['p'], [unknown])).toThrow('column "p" has the type POINTCLOUD');
});

test('a UNION with more members than Arrow supports is refused', () => {
  const members = Object.fromEntries(Array.from({ length: 128 }, (_, index) => [`m${index}`, VARCHAR]));
  const error = thrown(() => arrowSchema(['u'], [UNION(members)]));
  expect(error).toMatchObject({ code: 'unsupported-type', column: 'u' });
  const { m127: _, ...fewer } = members;
  expect(arrowSchema(['u'], [UNION(fewer)]).fields[0]?.type.children).toHaveLength(128);
});

test('an ENUM of any size has keys of the same width as in DuckDB', () => {
  expect(typeOf(ENUM(['a']))).toBe('Dictionary<Uint8, Utf8>');
  expect(typeOf(ENUM(Array.from({ length: 300 }, (_, index) => `${index}`)))).toBe('Dictionary<Uint16, Utf8>');
  expect(typeOf(ENUM(Array.from({ length: 70_000 }, (_, index) => `${index}`)))).toBe('Dictionary<Uint32, Utf8>');
});

test('an empty struct type has no entries', () => {
  expect(typeOf(new DuckDBStructType([], []))).toBe('Struct<{}>');
});

test('repeated names are numbered as in the driver', () => {
  expect(uniqueNames(['a', 'b', 'a', '', 'a', ''])).toEqual(['a', 'b', 'a:1', '', 'a:2', ':1']);
});

test('a number is skipped if another column already has that name', () => {
  expect(uniqueNames(['a', 'a', 'a:1', 'a:1'])).toEqual(['a', 'a:2', 'a:1', 'a:1:1']);
});

test('names are unique, and the first column with a name keeps it', () => {
  const name = fc.stringMatching(/^[ab](:[12])?$/);
  fc.assert(
    fc.property(fc.array(name), (names) => {
      const unique = uniqueNames(names);
      expect(new Set(unique).size).toBe(names.length);
      for (const one of new Set(names)) expect(unique[names.indexOf(one)]).toBe(one);
    }),
  );
});

import { type DuckDBConnection, DuckDBInstance, type DuckDBResult, INTEGER, SQLNULL } from '@duckdb/node-api';
import { type RecordBatch, Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import { beforeAll, describe, expect, test } from 'vitest';
import { chunkOf, chunkSource } from './fixtures/chunk-source.ts';
import { collectBatches, type PlainValue, plainDriverValue, readColumn } from './fixtures/read-arrow-value.ts';
import { recordBatches } from './record-batches.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect();
});

async function batchesOf(sql: string, batchRows?: number): Promise<RecordBatch[]> {
  const result = await connection.run(sql);
  return collectBatches(recordBatches(result, batchRows === undefined ? {} : { batchRows }));
}

async function valuesOf(expression: string): Promise<PlainValue> {
  const columns = await batchesOf(`SELECT ${expression} AS c`);
  return readColumn(columns, 0)[0] as PlainValue;
}

async function driverColumns(result: DuckDBResult): Promise<Map<string, PlainValue[]>> {
  const types = result.columnTypes();
  const columns = await result.getColumns();
  return new Map(
    result.deduplicatedColumnNames().map((name, index) => {
      const type = types[index];
      if (!type) throw new Error(`no type of ${name}`);
      return [name, (columns[index] ?? []).map((value) => plainDriverValue(value, type))];
    }),
  );
}

function arrowColumns(batches: readonly RecordBatch[]): Map<string, PlainValue[]> {
  const fields = batches[0]?.schema.fields ?? [];
  return new Map(fields.map(({ name }, index) => [name, readColumn(batches, index)]));
}

describe('the values of test_all_types()', () => {
  const all = 'FROM test_all_types()';

  test('are equal to those of the driver', async () => {
    const expected = await driverColumns(await connection.run(all));
    expect(arrowColumns(await batchesOf(all))).toEqual(expected);
    expect(arrowColumns(await batchesOf(all, 1))).toEqual(expected);
  });

  test('have the same text as in DuckDB', async () => {
    const exact =
      'tinyint, smallint, int, bigint, hugeint, uhugeint, utinyint, usmallint, uint, ubigint, bignum, uuid, bit';
    const names = exact.split(', ');
    const texts = await driverColumns(
      await connection.run(`SELECT ${names.map((name) => `${name}::VARCHAR AS ${name}`).join(', ')} ${all}`),
    );
    const values = arrowColumns(await batchesOf(`SELECT ${exact} ${all}`));
    for (const name of names) {
      expect(values.get(name)?.map((value) => (value === null ? null : `${value}`))).toEqual(texts.get(name));
    }
  });

  test('can be read by other Arrow readers', async () => {
    const batches = await batchesOf(all, 2);
    const read = tableFromIPC(tableToIPC(new Table(batches)));
    expect(arrowColumns(read.batches)).toEqual(arrowColumns(batches));
  });
});

describe('many rows', () => {
  const sql = `
    SELECT
      i,
      CASE WHEN i % 7 <> 3 THEN i % 2 = 0 END AS flag,
      CASE WHEN i % 5 <> 0 THEN repeat(chr(97 + (i % 26)::INTEGER), (i % 40)::INTEGER) END AS text,
      (i * 1.01)::DECIMAL(18, 2) AS amount,
      CASE WHEN i % 11 <> 0 THEN [x * i FOR x IN range(i % 6)] END AS numbers,
      CASE WHEN i % 3 <> 0 THEN {name: 'row number ' || i, tags: [i::VARCHAR, NULL, repeat('t', (i % 20)::INTEGER)]} END AS entry,
      CASE WHEN i % 4 <> 0 THEN MAP {i: CASE WHEN i % 8 <> 1 THEN 'v' || i END, -i: NULL} END AS pairs,
      CASE WHEN i % 9 <> 0 THEN [i, NULL, -i] END::BIGINT[3] AS triple,
      (['low', 'middle', 'high'])[1 + i % 3]::ENUM('low', 'middle', 'high') AS level,
      CASE i % 3 WHEN 0 THEN union_value(number := i)::UNION(number BIGINT, word VARCHAR) WHEN 1 THEN 'the word ' || i END AS mixed
    FROM range(10_000) AS t(i)
    WHERE i % 13 <> 5`;

  test.each(['run', 'stream'] as const)(
    'of %s are those the driver reads, over the ends of chunks and batches',
    async (method) => {
      const expected = await driverColumns(await connection.run(sql));
      const batches = await collectBatches(recordBatches(await connection[method](sql), { batchRows: 2999 }));
      expect(batches.map(({ numRows }) => numRows)).toEqual([2999, 2999, 2999, 234]);
      expect(arrowColumns(batches)).toEqual(expected);
    },
  );

  test('share the dictionary of an ENUM over all batches', async () => {
    const [first, ...others] = await batchesOf(sql, 1000);
    const dictionaryOf = (batch: RecordBatch | undefined): unknown => batch?.getChild('level')?.data[0]?.dictionary;
    expect(dictionaryOf(first)).toBeDefined();
    for (const other of others) expect(dictionaryOf(other)).toBe(dictionaryOf(first));
  });

  test('have no null bitmap if nothing is null', async () => {
    const [batch] = await batchesOf('SELECT i, {a: i} AS s FROM range(10) AS t(i)');
    expect(batch?.data.children.map(({ nullCount, nullBitmap }) => [nullCount, nullBitmap?.length ?? 0])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe('edge cases', () => {
  test('infinite dates and timestamps keep the numbers of DuckDB', async () => {
    const infinite = async (type: string): Promise<PlainValue> =>
      valuesOf(`['infinity'::${type}, '-infinity'::${type}]`);
    expect(await infinite('DATE')).toEqual([2n ** 31n - 1n, 1n - 2n ** 31n]);
    for (const type of ['TIMESTAMP', 'TIMESTAMPTZ', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS']) {
      expect(await infinite(type)).toEqual([2n ** 63n - 1n, 1n - 2n ** 63n]);
    }
  });

  test('the end of a day is a valid time', async () => {
    expect(await valuesOf("'24:00:00'::TIME")).toBe(86_400_000_000n);
  });

  test('the longest INTERVAL in nanoseconds is exact, and a longer one is refused', async () => {
    expect(await valuesOf('to_microseconds(-9223372036854775)')).toEqual([0n, 0n, -9_223_372_036_854_775_000n]);
    await expect(valuesOf('to_microseconds(-9223372036854776)')).rejects.toMatchObject({
      code: 'value-out-of-range',
      column: 'c',
    });
    await expect(valuesOf('[to_microseconds(9223372036854775807)]')).rejects.toThrow(
      '[planscope/duckdb] column "c" has an INTERVAL of more than 9223372036854775 microseconds',
    );
  });

  test('a null UNION is not a UNION of a null', async () => {
    expect(await valuesOf('NULL::UNION(a INTEGER, b VARCHAR)')).toBeNull();
    expect(await valuesOf('union_value(b := NULL::VARCHAR)::UNION(a INTEGER, b VARCHAR)')).toEqual({
      member: 1,
      value: null,
    });
  });

  test('text may contain any character, and bytes any byte', async () => {
    expect(await valuesOf("chr(0) || 'a' || chr(0)")).toBe('\0a\0');
    expect(await valuesOf('chr(65279)')).toBe('\ufeff');
    expect(await valuesOf("'\\x00\\xFF'::BLOB")).toBe('00ff');
  });

  test('GEOMETRY is well-known binary', async () => {
    expect(await valuesOf("'POINT(1 2)'::GEOMETRY")).toBe('0101000000000000000000f03f0000000000000040');
  });

  test('a column of type SQLNULL has rows that are all null', async () => {
    const source = chunkSource({ c: SQLNULL }, [chunkOf(INTEGER, [null, null])]);
    expect(readColumn(await collectBatches(recordBatches(source)), 0)).toEqual([null, null]);
  });

  test('VARIANT is the storage of DuckDB, with all types inside', async () => {
    const [keys, children, values, data] = (await valuesOf("{a: 42::TINYINT, b: 'x'}::VARIANT")) as PlainValue[];
    expect(keys).toEqual(['a', 'b']);
    expect(children).toEqual([
      [0n, 1n],
      [1n, 2n],
    ]);
    const [object, int8, varchar] = [29n, 3n, 16n];
    expect((values as PlainValue[][]).map(([typeId]) => typeId)).toEqual([object, int8, varchar]);
    expect(data).toContain('2a0178');
  });
});

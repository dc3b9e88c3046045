import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createEngine, type Engine, type EngineOptions, type InputSpec } from '@planscope/engine';
import { createStoreRegistry } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { createTrinoClient, trinoSchema } from '@planscope/trino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Lake } from './lake.ts';
import { portableQueries } from './portable-queries.ts';
import { TPCH_TABLES } from './tpch-files.ts';
import { valuesOf } from './values-of.ts';

/** What the tests get of the cluster. */
export interface ClusterWithLake {
  readonly server: string;
  /** Undefined if there is none. */
  readonly lake: Lake | undefined;
  /** The folder with the files of TPC-H. */
  readonly folder: string;
}

/** Values of each type that a table of hive has, and names that it does not keep. */
const TYPES = `SELECT i % 2 = 0 AS b, i::TINYINT AS i8, i::SMALLINT AS i16, -i::INTEGER AS i32, i << 40 AS i64,
  (255 - i)::UTINYINT AS u8, (65535 - i)::USMALLINT AS u16, (4294967295 - i)::UINTEGER AS u32, i / 3::FLOAT AS f, i / 7::DOUBLE AS d,
  (i / 8)::DECIMAL(9, 2) AS small, (i * 12345678901234)::DECIMAL(38, 4) AS large, 'text' || i AS "Mixed Case", ('b' || i)::BLOB AS bin,
  DATE '1969-12-30' + i::INTEGER AS day, TIMESTAMP '1969-12-31 23:59:58.123456' + to_seconds(i) AS micros,
  TIMESTAMP_NS '2020-02-03 10:11:12.123456789' AS nanos, TIMESTAMPTZ '2020-02-03 10:11:12.123456+02' + to_hours(i) AS instant,
  [i, NULL, 3] AS list, {'Upper': i, 'lower': 'x' || i} AS struct, MAP {'k' || i: i} AS map, [{'A': [i]}] AS nested, nullif(i, 2) AS "a.b"
  FROM range(5) AS r(i)`;

/** Inputs that are Parquet files in a store, on Trino and on DuckDB by one specification. */
export function testFilesInAStore(cluster: () => ClusterWithLake): void {
  describe('inputs that are files in a store', () => {
    const recorder = createSpanRecorder();
    let lake: Lake;
    let trino: Engine;
    let duckdb: Engine;

    const options = (files = { catalog: 'lake', schema: 'scratch' }): EngineOptions => ({
      engine: 'trino',
      trino: { server: cluster().server, user: 'test', catalog: 'tpch', schema: 'tiny', files },
      environment: {},
      stores: createStoreRegistry({ stores: [lake.store] }),
      tracing: { preset: 'maximal-no-data' },
      tracerProvider: recorder.tracerProvider,
    });
    const write = async (sql: string, path: string): Promise<void> => {
      const local = await mkdtemp(join(tmpdir(), 'planscope-file-'));
      const instance = await DuckDBInstance.create();
      const connection = await instance.connect();
      try {
        await connection.run(`COPY (${sql}) TO '${join(local, 'file.parquet')}'`);
        await lake.store.put(path, await readFile(join(local, 'file.parquet')));
      } finally {
        connection.closeSync();
        instance.closeSync();
        await rm(local, { recursive: true });
      }
    };
    const answer = async (engine: Engine, inputs: readonly InputSpec[], sql: string) => {
      const { outputs } = await engine.run(
        { version: 1, inputs, views: [{ name: 'answer', sql }], outputs: [{ name: 'answer', from: 'answer' }] },
        sql.includes('$day') ? { parameters: { day: { type: 'date', value: '1995-06-17' } } } : {},
      );
      const { schema, batches = [] } = outputs[0] ?? {};
      return { names: schema?.fields.map(({ name }) => name), rows: valuesOf(batches) };
    };
    const tables = async (): Promise<unknown[]> => {
      const { rows } = await createTrinoClient({ server: cluster().server, user: 'test' }).run(
        'SHOW TABLES FROM lake.scratch',
      );
      return rows.flat();
    };

    beforeAll(async () => {
      const { lake: found, server, folder } = cluster();
      if (found === undefined) return;
      lake = found;
      await createTrinoClient({ server, user: 'test' }).run('CREATE SCHEMA lake.scratch');
      for (const table of TPCH_TABLES) {
        await lake.store.put(`tpch/${table}.parquet`, await readFile(join(folder, `${table}.parquet`)));
      }
      trino = await createEngine(options());
      const stores = createStoreRegistry({ stores: [lake.store] });
      duckdb = await createEngine({ environment: {}, tracing: { preset: 'off' }, stores });
    }, 120_000);
    beforeEach(({ skip }) => skip(cluster().lake === undefined));
    afterEach(async () => {
      if (cluster().lake === undefined) return;
      expect(await tables()).toEqual([]);
      expect(recorder.openSpans()).toBe(0);
      recorder.clear();
    });
    afterAll(async () => {
      await trino?.close();
      await duckdb?.close();
    });

    it.each(Object.entries(portableQueries))('give the rows that DuckDB gives: %s', async (_, sql) => {
      const inputs = TPCH_TABLES.filter((name) => new RegExp(`\\b${name}\\b`).test(sql)).map((name) => ({
        name,
        location: `s3://lake/tpch/${name}.parquet`,
      }));
      const onTrino = await answer(trino, inputs, sql);
      expect(onTrino.rows.length).toBeGreaterThan(2);
      expect(onTrino).toEqual(await answer(duckdb, inputs, sql));
      assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, trinoSchema], secrets: ['BUILDING', 'PROMO'] });
    });

    it('have the values of all types that both can read', async () => {
      await write(TYPES, 'types.parquet');
      const inputs = [{ name: 't', location: 's3://lake/types.parquet' }];
      const sql = `SELECT b, i8, i16, i32, i64, u8, u16, u32, f, d, small, large, "Mixed Case", bin, day, micros, nanos, list, struct,
          map, nested, "a.b", CAST(nanos AS varchar) AS digits FROM t ORDER BY i8`;
      const onTrino = await answer(trino, inputs, sql);
      expect(onTrino.rows).toHaveLength(5);
      expect(onTrino).toEqual(await answer(duckdb, inputs, sql));
      // Trino gives an instant as text, with its zone.
      expect((await answer(trino, inputs, 'SELECT max(instant) AS last FROM t')).rows).toEqual([
        ['2020-02-03 12:11:12.123456 UTC'],
      ]);
    });

    it('can be some of the objects of several folders', async () => {
      for (const name of ['a.parquet', 'b.parquet', 'b/c.parquet', "b/d 'e' 10%25.parquet", 'b/none.txt.parquet']) {
        await write(`SELECT '${name.replaceAll("'", "''")}' AS file, range AS n FROM range(10)`, `many/${name}`);
      }
      const sql = 'SELECT file, count(*) AS n FROM t GROUP BY file ORDER BY file';
      for (const [location, files] of [
        ['s3://lake/many/?.parquet', 2],
        ['s3://lake/many/**/[a-d]*.parquet', 4],
        ["s3://lake/many/b/d 'e' 10%25.parquet", 1],
      ] as const) {
        const inputs = [{ name: 't', location }];
        const onTrino = await answer(trino, inputs, sql);
        expect(onTrino.rows, location).toHaveLength(files);
        expect(onTrino, location).toEqual(await answer(duckdb, inputs, sql));
      }
    });

    it('stay when the tables over them are dropped, after an error and after the consumer leaves', async () => {
      const inputs = [{ name: 'nation', location: 's3://lake/tpch/nation.parquet' }];
      await expect(answer(trino, inputs, 'SELECT 1 / (nationkey - nationkey) AS x FROM nation')).rejects.toMatchObject({
        errorName: 'DIVISION_BY_ZERO',
      });
      await expect(answer(trino, inputs, 'SELECT nope FROM nation')).rejects.toMatchObject({ code: 'invalid-sql' });
      const lineitem = [{ name: 'lineitem', location: 's3://lake/tpch/lineitem.parquet' }];
      const { batches, result } = await trino.stream({ inputs: lineitem, sql: 'SELECT * FROM lineitem' });
      for await (const batch of batches) {
        expect(batch.numRows).toBeGreaterThan(0);
        break;
      }
      expect((await result).status).toBe('cancelled');
      expect(await tables()).toEqual([]);
      expect((await answer(trino, inputs, 'SELECT count(*) AS n FROM nation')).rows).toEqual([[25n]]);
    });

    it('are checked again after the last row', async () => {
      const path = 'changing.parquet';
      await write('SELECT range AS n FROM range(10)', path);
      const { batches } = await trino.stream({
        inputs: [{ name: 't', location: `s3://lake/${path}` }],
        sql: 'SELECT n FROM t',
      });
      const read = async (): Promise<void> => {
        for await (const _ of batches) await write('SELECT range AS n FROM range(11)', path);
      };
      await expect(read()).rejects.toMatchObject({ code: 'precondition', message: expect.stringContaining(path) });
    });

    it('are refused if they are no Parquet files or have types of DuckDB alone', async () => {
      await lake.store.put('broken.parquet', Buffer.from('no Parquet file, whatever its name says'));
      await write("SELECT uuid() AS id, TIME '10:00:00' AS t", 'uuid.parquet');
      await write("SELECT TIME '10:00:00' AS t", 'time.parquet');
      const run = (path: string): Promise<unknown> =>
        answer(trino, [{ name: 't', location: `s3://lake/${path}` }], 'SELECT 1 AS x FROM t');
      await expect(run('broken.parquet')).rejects.toMatchObject({
        code: 'unreadable-input',
        field: 'inputs[0].location',
      });
      for (const [path, type] of [['uuid.parquet', 'UUID'] as const, ['time.parquet', 'Time64'] as const]) {
        await expect(run(path)).rejects.toMatchObject({
          code: 'unsupported-by-engine',
          field: 'inputs[0].location',
          message: expect.stringContaining(type),
        });
      }
    });

    it.each([
      ['of another connector', { catalog: 'memory', schema: 'default' }, 'its connector is memory'],
      ['that does not exist', { catalog: 'ocean', schema: 'default' }, 'the cluster has no such catalog'],
      [
        'without the schema',
        { catalog: 'lake', schema: 'nowhere' },
        'there is no schema "nowhere" in the catalog lake',
      ],
    ])('need a catalog of hive: %s', async (_, files, text) => {
      const engine = await createEngine(options(files));
      const inputs = [{ name: 'nation', location: 's3://lake/tpch/nation.parquet' }];
      const failure = await answer(engine, inputs, 'SELECT * FROM nation').catch((error: unknown) => error);
      await engine.close();
      expect(failure).toMatchObject({ name: 'EngineError', code: 'invalid-option' });
      expect(String(failure)).toContain(text);
    });
  });
}

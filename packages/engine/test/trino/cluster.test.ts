import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@planscope/engine';
import { TrinoCluster } from '@planscope/internal/trino-cluster';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { createTrinoClient, type TrinoClient, trinoSchema } from '@planscope/trino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testFilesInAStore } from './files-in-a-store.ts';
import { type Lake, startLake } from './lake.ts';
import { portableQueries } from './portable-queries.ts';
import { TPCH_TABLES, writeTpchFiles } from './tpch-files.ts';
import { valuesOf } from './values-of.ts';

// Both nodes share the machine with the tests, and each first query of a kind is compiled.
const timeout = 120_000;

const catalogs = {
  tpch: { 'connector.name': 'tpch', 'tpch.double-type-mapping': 'DECIMAL' },
  memory: { 'connector.name': 'memory' },
};

describe('the engine on a cluster of two nodes (set PLANSCOPE_TEST_TRINO to the folder of .ci/trino)', {
  timeout,
}, () => {
  let cluster: TrinoCluster | undefined;
  let client: TrinoClient;
  let recorder: SpanRecorder;
  let trino: Engine;
  let duckdb: Engine;
  let folder: string;
  let lake: Lake | undefined;

  beforeAll(async () => {
    const installation = process.env.PLANSCOPE_TEST_TRINO;
    if (installation === undefined) {
      console.log(
        'left out: tests of the engine on Trino, since PLANSCOPE_TEST_TRINO does not name the folder of .ci/trino',
      );
      return;
    }
    const found = await startLake(installation);
    if (typeof found === 'string') console.log(`left out: files in a store as inputs of Trino, since ${found}`);
    else lake = found;
    const all = { ...catalogs, ...lake?.catalogs };
    cluster = await TrinoCluster.start({ installation, catalogs: all }).catch((error: Error) => {
      console.log(`left out: tests of the engine on Trino, since ${error.message}`);
      return undefined;
    });
    if (cluster === undefined) return;
    const { server } = cluster;
    client = createTrinoClient({ server, user: 'test' });
    recorder = createSpanRecorder();
    folder = await mkdtemp(join(tmpdir(), 'planscope-tpch-'));
    await writeTpchFiles(client, folder);
    const { tracerProvider } = recorder;
    const shared = { tracing: { preset: 'maximal-no-data' }, environment: {}, tracerProvider } as const;
    trino = await createEngine({
      ...shared,
      engine: 'trino',
      trino: { server, user: 'test', catalog: 'tpch', schema: 'tiny' },
    });
    duckdb = await createEngine({ environment: {}, tracing: { preset: 'off' } });
  }, 300_000);
  beforeEach(({ skip }) => skip(cluster === undefined));
  afterAll(async () => {
    await trino?.close();
    await duckdb?.close();
    await cluster?.stop();
    await lake?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  }, 30_000);

  it.each(Object.entries(portableQueries))('returns the rows that DuckDB returns: %s', async (_, sql) => {
    recorder.clear();
    const options = { parameters: { day: { type: 'date', value: '1995-06-17' } } };
    const inputs = TPCH_TABLES.filter((name) => new RegExp(`\\b${name}\\b`).test(sql));
    const specification = (place: (name: string) => object) => ({
      version: 1 as const,
      inputs: inputs.map((name) => ({ name, ...place(name) })),
      views: [{ name: 'answer', sql }],
      outputs: [{ name: 'answer', from: 'answer' }],
    });
    const onTrino = await trino.run(
      specification((name) => ({ table: name })),
      options,
    );
    const onDuckDB = await duckdb.run(
      specification((name) => ({ location: join(folder, `${name}.parquet`) })),
      options,
    );
    const [answers, expected] = [onTrino, onDuckDB].map(({ outputs }) => valuesOf(outputs[0]?.batches ?? []));
    expect(expected?.length).toBeGreaterThan(2);
    expect(answers).toEqual(expected);
    const names = [onTrino, onDuckDB].map(({ outputs }) => outputs[0]?.schema?.fields.map(({ name }) => name));
    expect(names[0]).toEqual(names[1]);
    expect(recorder.openSpans()).toBe(0);
    assertTraceInvariants(recorder.spans(), {
      schemas: [sharedSchema, trinoSchema],
      secrets: ['BUILDING', 'PROMO', '1995-06-17'],
    });
    const scans = onTrino.operators.filter(({ name }) => /Scan/.test(name));
    expect(scans.length).toBeGreaterThanOrEqual(1);
  });

  it('creates a table, adds rows by the names of columns, and reads it', async () => {
    const table = 'memory.default.nations';
    const stored = (sql: string, mode: 'create' | 'append') => ({
      version: 1 as const,
      inputs: [{ name: 'nation', table: 'nation' }],
      views: [{ name: 'some', sql }],
      outputs: [{ name: 'some', from: 'some', table, mode }],
    });
    const created = await trino.run(stored('SELECT name, nationkey AS id FROM nation WHERE nationkey < 3', 'create'));
    expect(created.outputs).toEqual([{ name: 'some', rows: 3 }]);
    const appended = await trino.run(
      stored("SELECT BIGINT '99' AS id, CAST('Atlantis' AS varchar(25)) AS name", 'append'),
    );
    expect(appended.outputs).toEqual([{ name: 'some', rows: 1 }]);
    const read = await trino.run({
      version: 1,
      inputs: [{ name: 'nations', table }],
      views: [{ name: 'all', sql: 'SELECT id, name FROM nations ORDER BY id DESC LIMIT 2' }],
      outputs: [{ name: 'all', from: 'all' }],
    });
    expect(valuesOf(read.outputs[0]?.batches ?? [])).toEqual([
      [99n, 'Atlantis'],
      [2n, 'BRAZIL'],
    ]);
    const wrongType = trino.run(stored("SELECT 'x' AS id", 'append'));
    await expect(wrongType).rejects.toMatchObject({ code: 'invalid-spec', field: 'outputs[0].table' });
    const again = trino.run(stored('SELECT 1 AS id', 'create'));
    await expect(again).rejects.toMatchObject({ code: 'invalid-spec', field: 'outputs[0].mode' });
    await client.run(`DROP TABLE ${table}`);
    const gone = trino.run(stored('SELECT 1 AS id', 'append'));
    await expect(gone).rejects.toMatchObject({ code: 'invalid-spec', field: 'outputs[0].mode' });
  });

  it('ends the query in the cluster when its rows are not read to the end', async () => {
    recorder.clear();
    const { batches, result } = await trino.stream({
      sql: 'SELECT * FROM lineitem',
      inputs: [{ name: 'lineitem', table: 'tpch.sf1.lineitem' }],
    });
    for await (const batch of batches) {
      expect(batch.numRows).toBeGreaterThan(0);
      break;
    }
    const { status, operators } = await result;
    expect(status).toBe('cancelled');
    expect(operators.length).toBeGreaterThan(1);
    expect(recorder.openSpans()).toBe(0);
    const { rows } = await client.run(
      `SELECT state, error_code FROM system.runtime.queries WHERE query LIKE '%sf1%lineitem%' AND query NOT LIKE '%LIMIT 0%' AND query NOT LIKE '%system.runtime%'`,
    );
    expect(rows).toEqual([['FAILED', 'USER_CANCELED']]);
  });

  testFilesInAStore(() => ({ server: cluster?.server ?? '', lake: cluster && lake, folder }));
});

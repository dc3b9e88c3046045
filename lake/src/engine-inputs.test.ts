import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Engine, InputSpec, RunResult } from '@planscope/engine';
import {
  createStoreRegistry,
  type ObjectMeta,
  type ObjectStore,
  parsePath,
  type StoreRegistry,
} from '@planscope/object-store';
import { s3Stores } from '@planscope/object-store/s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverAt } from './answers.ts';
import { CountingServer } from './counting-server.ts';
import { Minio, minioProgram } from './minio.ts';
import { endTest, openEngine, recorder } from './traced-engine.ts';
import { extensions } from './traced-instance.ts';

/** Has deltalake and pyiceberg; without it, these tests are left out. */
const python = process.env.PLANSCOPE_TEST_LAKE_PYTHON;
const isComplete = extensions !== undefined && python !== undefined && minioProgram !== undefined;
const REGION = 'us-east-1';

let folder: string;
let iceberg: string;
let minio: Minio;
let server: CountingServer;
let engine: Engine | undefined;

/** Called after DuckDB has asked for the state of an object. */
let afterHead: (() => Promise<void>) | undefined;

async function firstOf(store: ObjectStore): Promise<ObjectMeta> {
  for await (const meta of store.list(parsePath('delta/region=eu'))) if (meta.path.endsWith('.parquet')) return meta;
  throw new Error('the table has no file');
}

function makeTables(...settings: readonly string[]): string {
  const script = fileURLToPath(new URL('make-tables.py', import.meta.url));
  return execFileSync(python ?? '', [script, ...settings], { encoding: 'utf8' }).trim();
}

/** A registry whose buckets are on MinIO, behind the counting server. */
function stores(): StoreRegistry {
  const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
  return createStoreRegistry({
    factories: { s3: s3Stores({ endpoint: `http://127.0.0.1:${server.port}`, region: REGION, credentials }) },
  });
}

async function open(...args: Parameters<typeof openEngine>): Promise<void> {
  const [names, options] = args;
  engine = await openEngine(names, { stores: stores(), ...options });
}

/** Runs one query over an input called `t`. */
async function query(input: Omit<InputSpec, 'name'>, sql: string): Promise<{ rows: unknown[]; result: RunResult }> {
  if (engine === undefined) throw new Error('no engine is open');
  recorder.clear();
  server.seen.length = 0;
  const result = await engine.run({
    version: 1,
    inputs: [{ name: 't', ...input }],
    views: [{ name: 'v', sql }],
    outputs: [{ name: 'o', from: 'v' }],
  });
  const rows = (result.outputs[0]?.batches ?? []).flatMap((batch) =>
    batch.toArray().map((row) => ({ ...row.toJSON() })),
  );
  return { rows, result };
}

const named = (name: string) => recorder.spans().filter((span) => span.name === name);
const attributes = (name: string) => named(name)[0]?.attributes ?? {};

describe.skipIf(!isComplete)('inputs of the engine', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-lake-'));
    iceberg = makeTables(folder);
    minio = await Minio.start();
    makeTables('s3://lake', `http://127.0.0.1:${minio.port}`, Minio.keyId, Minio.secret);
    const forward = serverAt(minio.port);
    server = await CountingServer.start(async (request, body) => {
      const answer = await forward(request, body);
      const isDuckDB = /duckdb/i.test(request.headers['user-agent'] ?? '');
      if (request.method === 'HEAD' && isDuckDB) {
        const change = afterHead;
        afterHead = undefined;
        await change?.();
      }
      return answer;
    });
    // Python's imports alone take seconds on a busy machine.
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await minio.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await endTest(engine);
    engine = undefined;
  });

  const PARQUET = { location: 's3://lake/delta/region=eu/*.parquet' } as const;
  const SUM = 'SELECT count(*) AS c, sum(n)::BIGINT AS s FROM t';

  it('of a store are read by DuckDB, and each request is in the trace', async () => {
    await open(['httpfs']);
    expect((await query(PARQUET, SUM)).rows).toEqual([{ c: 1001n, s: 509499n }]);
    expect(named('FetchExec')).toEqual([]);
    expect(attributes('DirectExec')['datafusion.node']).toMatch(/^DirectExec: name=t, format=parquet, objects=2/);
    const spans = recorder.spans().filter(({ name }) => /^s3\.(head|get_range|get)$/.test(name));
    const received = server.seen.filter(({ url }) => url.includes('.parquet'));
    expect(spans.length).toBe(received.length);
    expect(attributes('READ_PARQUET')['planscope.metrics.http_requests']).toBe(named('s3.get_range').length + 2);
  });

  it('are fetched through their store where the specification says so', async () => {
    await open(['httpfs']);
    expect((await query({ ...PARQUET, access: 'fetch' }, SUM)).rows).toEqual([{ c: 1001n, s: 509499n }]);
    expect(named('DirectExec')).toEqual([]);
    expect(attributes('FetchExec')['datafusion.node']).toMatch(/, access=fetch$/);
    expect(attributes('READ_PARQUET')).not.toHaveProperty('planscope.metrics.http_requests');
  });

  it('are fetched, with the reason, if the extension is missing', async () => {
    await open([]);
    expect((await query(PARQUET, SUM)).rows).toEqual([{ c: 1001n, s: 509499n }]);
    expect(attributes('FetchExec')['datafusion.node']).toMatch(/access=fetch, access_reason=.*extension httpfs is not/);
    await expect(query({ ...PARQUET, access: 'direct' }, SUM)).rejects.toMatchObject({
      code: 'direct-unavailable',
      field: 'inputs[0].access',
      message: expect.stringMatching(/extension httpfs .* run INSTALL httpfs once, give its file in "extensions"/),
    });
  });

  it.each(['csv', 'json'] as const)('of %s are read by DuckDB where the specification says so', async (format) => {
    await open(['httpfs']);
    const { store } = stores().resolve('s3://lake/');
    const textOf = (numbers: readonly number[], separator: string): string =>
      format === 'csv'
        ? ['n;name', ...numbers.map((n) => [n, 'x,y'].join(separator))].join('\n').replace(';', separator)
        : numbers.map((n) => JSON.stringify({ n, name: 'x,y' })).join('\n');
    const path = `texts/one.${format}`;
    const input = { location: `s3://lake/${path}`, format, access: 'direct' } as const;
    await store.put(path, Buffer.from(textOf([1, 2, 3], ';')));
    const sql = "SELECT sum(n)::INTEGER AS s, count(*) FILTER (name = 'x,y')::INTEGER AS names FROM t";
    expect((await query(input, sql)).rows).toEqual([{ s: 6, names: 3 }]);
    expect(attributes('DirectExec')['datafusion.node']).toMatch(new RegExp(`format=${format}, objects=1`));
    expect(named('FetchExec')).toEqual([]);
    const requests = recorder.spans().filter(({ name }) => /^s3\.(get_range|get)$/.test(name));
    const size = textOf([1, 2, 3], ';').length;
    expect(requests.map((span) => span.attributes['object_store.location'])).toContain(input.location);
    expect(attributes('planscope.execute')).not.toHaveProperty('error.type');
    const received = requests.reduce((sum, span) => sum + Number(span.attributes['object_store.result.bytes']), 0);
    expect(received).toBe(server.seen.reduce((sum, { sent }) => sum + sent, 0));
    // DuckDB keeps nothing of what it read: it reads CSV twice for the columns, and JSON once for them and again for the plan.
    expect(received).toBe(3 * size);
    const all = recorder.spans().filter(({ attributes }) => attributes['object_store.name'] === 's3');
    expect(all.length).toBe(server.seen.length);
    // Another state, of CSV with another delimiter: columns and dialect are looked up again.
    await store.put(path, Buffer.from(textOf([4, 5], '|')));
    expect((await query(input, sql)).rows).toEqual([{ s: 9, names: 2 }]);
  });

  it('of csv fail if their dialect changes between the planning of a run and the query', async () => {
    const { store } = stores().resolve('s3://lake/');
    await store.put('texts/three.csv', Buffer.from('n,m\n1,2\n'));
    const change = async <T>(plan: T): Promise<T> => {
      await store.put('texts/three.csv', Buffer.from('n;m\n1;2\n3;4\n'));
      return plan;
    };
    await open(['httpfs'], { rules: { physical: [{ name: 'change', apply: change }] } });
    const input = { location: 's3://lake/texts/three.csv', format: 'csv', access: 'direct' } as const;
    await expect(query(input, 'SELECT count(*) AS c FROM t')).rejects.toMatchObject({ code: 'precondition' });
  });

  it('are refused by DuckDB if an object changes while it reads it', async () => {
    await open(['httpfs']);
    const { store } = stores().resolve('s3://lake/');
    const { body } = await store.get((await firstOf(store)).path);
    const bytes = Buffer.from(await body.bytes());
    await store.put('changed/one.parquet', bytes);
    // The state that DuckDB opens is the one of its HEAD request.
    afterHead = async () => void (await store.put('changed/one.parquet', Buffer.concat([bytes, Buffer.from('x')])));
    await expect(query({ location: 's3://lake/changed/one.parquet', access: 'direct' }, SUM)).rejects.toMatchObject({
      code: 'precondition',
      path: 'changed/one.parquet',
    });
  });

  it('of csv are fetched, with the reason, unless the specification says otherwise', async () => {
    await open(['httpfs']);
    const { store } = stores().resolve('s3://lake/');
    await store.put('texts/two.csv', Buffer.from('n\n1\n2\n'));
    const input = { location: 's3://lake/texts/two.csv', format: 'csv' } as const;
    expect((await query(input, 'SELECT sum(n)::INTEGER AS s FROM t')).rows).toEqual([{ s: 3 }]);
    expect(attributes('FetchExec')['datafusion.node']).toMatch(/access_reason=a csv file is always read whole/);
    await engine?.close();
    await open([]);
    await expect(query({ ...input, access: 'direct' }, SUM)).rejects.toMatchObject({
      code: 'direct-unavailable',
      message: expect.stringContaining('extension httpfs is not available'),
    });
  });

  it('have credentials that no text shows', async () => {
    await open(['httpfs']);
    const shown = 'SELECT count(*)::INT AS c, (SELECT any_value(secret_string) FROM duckdb_secrets()) AS s FROM t';
    const { rows } = await query(PARQUET, shown);
    expect(rows).toEqual([{ c: 1001, s: expect.stringContaining('secret=redacted') }]);
    expect(JSON.stringify(recorder.spans().map(({ name, attributes: all }) => [name, all]))).not.toContain(
      Minio.secret,
    );
  });

  it('cannot lead SQL out of the allowed roots', async () => {
    await open(['httpfs'], { allowedRoots: ['s3://lake/delta'] });
    expect((await query(PARQUET, SUM)).rows).toEqual([{ c: 1001n, s: 509499n }]);
    expect(named('FetchExec').map((span) => span.attributes['datafusion.node'])).toEqual([]);
    const other = "SELECT * FROM t UNION ALL BY NAME FROM read_parquet('s3://lake/checked/*.parquet')";
    await expect(query(PARQUET, other)).rejects.toThrow(/Permission Error/);
    const outside = { location: 's3://lake/checked', format: 'delta' } as const;
    await expect(query(outside, SUM)).rejects.toMatchObject({ code: 'outside-roots' });
  });

  describe.each(['local', 's3'] as const)('that are Delta tables (%s)', (place) => {
    const at = (table: string) => ({
      location: place === 'local' ? join(folder, table) : `s3://lake/${table}`,
      format: 'delta' as const,
    });

    it.each(['direct', 'fetch'] as const)('have the same rows by %s access', async (access) => {
      await open(['delta', 'httpfs']);
      const ofAll = 'SELECT count(*) AS c, sum(n)::BIGINT AS s FROM t';
      expect((await query({ ...at('delta'), access }, ofAll)).rows).toEqual([{ c: 3001n, s: 4508499n }]);
      expect((await query({ ...at('delta'), access, version: 0 }, ofAll)).rows).toEqual([{ c: 3000n, s: 4498500n }]);
      expect((await query({ ...at('deleted'), access }, ofAll)).rows).toEqual([{ c: 2501n, s: 3883749n }]);
      const names = "SELECT count(*) AS c, count(name) AS names, count(*) FILTER (name = 'x') AS x FROM t";
      expect((await query({ ...at('checked'), access }, names)).rows).toEqual([{ c: 30n, names: 10n, x: 10n }]);
      const ordered = 'SELECT * FROM t ORDER BY n LIMIT 1';
      expect((await query({ ...at('delta'), access }, ordered)).rows).toEqual([{ region: 'eu', n: 0n, x: 0 }]);
    });

    it('are fetched without the files of other partitions', async () => {
      await open(['delta', 'httpfs']);
      const input = { ...at('delta'), access: 'fetch' } as const;
      const european = "SELECT sum(n)::BIGINT AS s FROM t AS e WHERE e.region IN ('eu', 'none') AND n >= 0";
      expect((await query(input, european)).rows).toEqual([{ s: 509499n }]);
      expect(attributes('FetchExec')).toMatchObject({
        'planscope.metrics.files_scanned': 2,
        'planscope.metrics.files_pruned': 2,
      });
      const all = "SELECT sum(n)::BIGINT AS s FROM t WHERE region = 'eu' OR n >= 0";
      expect((await query(input, all)).rows).toEqual([{ s: 4508499n }]);
      expect(attributes('FetchExec')).toMatchObject({
        'planscope.metrics.files_scanned': 4,
        'planscope.metrics.files_pruned': 0,
      });
      const none = "SELECT count(*) AS c FROM t WHERE region = 'nowhere'";
      expect((await query(input, none)).rows).toEqual([{ c: 0n }]);
      expect(attributes('FetchExec')).toMatchObject({ 'planscope.metrics.files_scanned': 0 });
    });

    it('are read alike where values of partitions mean something in a path', async () => {
      await open(['delta', 'httpfs']);
      const queries = [
        'SELECT * FROM t ORDER BY "the ""n"""',
        "SELECT * FROM t WHERE value IN ('a/b', 'x=y', '50%', 'a%20b', '#?*[x]{y}', 'it''s') ORDER BY value",
        "SELECT value FROM t WHERE day > '2026-01-05' AND value <> '日本' ORDER BY ALL",
        'SELECT count(*) AS c FROM t WHERE value IS NULL',
      ];
      const counts = [12, 6, 3, 1];
      for (const [index, sql] of queries.entries()) {
        const { rows } = await query({ ...at('hostile'), access: 'fetch' }, sql);
        expect(rows.length).toBe(counts[index]);
        expect((await query({ ...at('hostile'), access: 'direct' }, sql)).rows).toEqual(rows);
      }
    });

    it('are fetched if the extension is missing', async () => {
      await open(['httpfs']);
      expect((await query(at('delta'), SUM)).rows).toEqual([{ c: 3001n, s: 4508499n }]);
      expect(named('FetchExec').length).toBe(1);
    });

    it('are named with what is not there', async () => {
      await open(['delta', 'httpfs']);
      await expect(query(at('nothing'), SUM)).rejects.toMatchObject({ code: 'input-not-found' });
      await expect(query({ ...at('delta'), version: 7 }, SUM)).rejects.toThrow(/no version 7 of a Delta table/);
    });
  });

  it('that are Delta tables with an unknown feature are refused by its name', async () => {
    await open([]);
    const copy = mkdtempSync(join(tmpdir(), 'planscope-feature-'));
    cpSync(join(folder, 'delta'), copy, { recursive: true });
    const protocol = { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['variantShredding'] };
    appendFileSync(join(copy, '_delta_log/00000000000000000001.json'), `\n${JSON.stringify({ protocol })}\n`);
    await expect(query({ location: copy, format: 'delta' }, SUM)).rejects.toMatchObject({
      code: 'unsupported-table',
      message: expect.stringContaining('it uses the reader feature "variantShredding"'),
    });
    rmSync(copy, { recursive: true });
  });

  it('that are Delta tables whose log lacks commits are refused', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'planscope-log-'));
    cpSync(join(folder, 'delta'), copy, { recursive: true });
    rmSync(join(copy, '_delta_log/00000000000000000000.json'));
    await open([]);
    await expect(query({ location: copy, format: 'delta' }, SUM)).rejects.toMatchObject({
      code: 'unsupported-table',
      message: expect.stringContaining('its log lacks commits, and has no complete checkpoint'),
    });
    await expect(query({ location: copy, format: 'delta', version: 0 }, SUM)).rejects.toThrow(/no version 0/);
    rmSync(copy, { recursive: true });
  });

  it('that are Iceberg tables are read at their current snapshot', async () => {
    await open(['avro', 'iceberg']);
    for (const location of [iceberg, join(iceberg, '../..')]) {
      expect((await query({ location, format: 'iceberg' }, SUM)).rows).toEqual([{ c: 2000n, s: 1999000n }]);
      expect(attributes('DirectExec')['datafusion.node']).toMatch(/format=iceberg, version=\d+,/);
    }
    await engine?.close();
    await open([]);
    await expect(query({ location: iceberg, format: 'iceberg' }, SUM)).rejects.toThrow(
      /extension avro is not available/,
    );
  });

  it('that are tables of a DuckLake are read at one snapshot', async () => {
    const catalogue = join(folder, 'lake.ducklake');
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(`LOAD '${join(extensions ?? '', 'ducklake.duckdb_extension')}'`);
    await connection.run(`ATTACH 'ducklake:${catalogue}' AS lake (DATA_PATH '${folder}/lake-data')`);
    await connection.run('CREATE TABLE lake.numbers AS SELECT range AS n FROM range(100)');
    await connection.run('INSERT INTO lake.numbers SELECT range FROM range(100, 150)');
    connection.closeSync();
    instance.closeSync();
    await open(['ducklake']);
    const input = { location: `ducklake:${catalogue}`, format: 'ducklake', table: 'numbers' } as const;
    expect((await query(input, SUM)).rows).toEqual([{ c: 150n, s: 11175n }]);
    expect(attributes('DirectExec')['datafusion.node']).toMatch(/format=ducklake, version=2, table=numbers,/);
    expect((await query({ ...input, version: 1 }, SUM)).rows).toEqual([{ c: 100n, s: 4950n }]);
    await expect(query({ ...input, table: 'others' }, SUM)).rejects.toThrow(/others does not exist/);
    const missing = { ...input, location: `ducklake:${folder}/none.ducklake` };
    await expect(query(missing, SUM)).rejects.toMatchObject({ code: 'unreadable-input' });
    const secret = { ...input, location: 'ducklake:postgres:host=x password=geheim' };
    await expect(query(secret, SUM)).rejects.toThrow(/contains a password; put it into a secret/);
  });
});

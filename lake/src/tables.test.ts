import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Minio, minioProgram } from './minio.ts';
import { extensions, type Node, storageSpans, TracedInstance, withDescendants } from './traced-instance.ts';

/** Has deltalake and pyiceberg; without it, these tests are left out. */
const python = process.env.PLANSCOPE_TEST_LAKE_PYTHON;
if (python === undefined)
  console.log('left out: tables of deltalake and pyiceberg, since PLANSCOPE_TEST_LAKE_PYTHON names no Python');

function makeTables(...settings: readonly string[]): string {
  const script = fileURLToPath(new URL('make-tables.py', import.meta.url));
  return execFileSync(python ?? '', [script, ...settings], { encoding: 'utf8' }).trim();
}

/** The number is larger than JavaScript reads exactly. */
const CURRENT_SNAPSHOT = /"current-snapshot-id":\s*(\d+)/;

let folder: string;
let iceberg: string;
let traced: TracedInstance;
let connection: DuckDBConnection;

async function rowsOf(sql: string): Promise<unknown> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

/** The only scan of the last query, by the name of its operator. */
function scan(name: string): Node {
  const query = traced.queries().at(-1);
  const found = query === undefined ? [] : withDescendants(query).filter(({ span }) => span.name === name);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} scans are called ${name}`);
  return found[0];
}

const readBytes = (node: Node): number =>
  storageSpans(node).reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes']), 0);

afterEach(() => {
  traced.close();
  expect(traced.recorder.openSpans()).toBe(0);
  assertTraceInvariants(traced.recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
});

describe.skipIf(extensions === undefined || python === undefined)('tables on the local disk', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-lake-'));
    iceberg = makeTables(folder);
    // Python's imports alone take seconds on a busy machine.
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    traced = await TracedInstance.open('delta', 'ducklake', 'avro', 'iceberg');
    connection = await traced.connect(['reads', 'row-groups', 'catalogue']);
  });

  it('of Delta say which files a filter on the partition left', async () => {
    expect(await rowsOf(`SELECT sum(n) FROM delta_scan('${folder}/delta') WHERE region = 'eu'`)).toEqual([['509499']]);
    const pruned = scan('DELTA_SCAN');
    expect(pruned.span.attributes).toMatchObject({
      'duckdb.table_format': 'delta',
      'planscope.metrics.files_scanned': 2,
      'planscope.metrics.files_pruned': 2,
      'planscope.metrics.row_groups_scanned': 2,
      'planscope.timing.basis': 'observed_events',
      'datafusion.metrics.output_rows': 1001,
    });
    const files = readdirSync(join(folder, 'delta/region=eu')).map(
      (file) => statSync(join(folder, 'delta/region=eu', file)).size,
    );
    expect(pruned.span.attributes['planscope.metrics.bytes_read']).toBe(readBytes(pruned));
    expect(readBytes(pruned)).toBeLessThanOrEqual(files.reduce((sum, size) => sum + size));
    // The extension reads the log of the table itself, so that there is no total.
    const query = traced.queries().at(-1);
    expect(query?.span.attributes).toMatchObject({ 'planscope.metrics.unlogged_scans': 1 });
    expect(query?.span.attributes).not.toHaveProperty('planscope.metrics.bytes_read');
  });

  it('of Delta are read in full without a filter, also after a delete', async () => {
    expect(await rowsOf(`SELECT count(*), sum(n) FROM delta_scan('${folder}/delta')`)).toEqual([['3001', '4508499']]);
    expect(scan('DELTA_SCAN').span.attributes).toMatchObject({ 'datafusion.metrics.output_rows': 3001 });
    expect(await rowsOf(`SELECT count(*), sum(n) FROM delta_scan('${folder}/deleted')`)).toEqual([['2501', '3883749']]);
    expect(scan('DELTA_SCAN').span.attributes).toMatchObject({ 'datafusion.metrics.output_rows': 2501 });
  });

  it('of Delta may be attached', async () => {
    await connection.run(`ATTACH '${folder}/delta' AS sales (TYPE delta)`);
    expect(await rowsOf("SELECT count(*) FROM sales WHERE region = 'apac'")).toEqual([['1000']]);
    expect(scan('DELTA_SCAN').span.attributes).toMatchObject({
      'planscope.metrics.files_scanned': 1,
      'planscope.metrics.files_pruned': 3,
    });
  });

  it('of Iceberg show data apart from metadata', async () => {
    expect(await rowsOf(`SELECT sum(n) FROM iceberg_scan('${iceberg}') WHERE n > 1500`)).toEqual([['873250']]);
    const data = scan('ICEBERG_SCAN');
    expect(data.span.attributes).toMatchObject({
      'duckdb.table_format': 'iceberg',
      'datafusion.metrics.files_opened': 1,
    });
    expect(storageSpans(data).map(({ attributes }) => attributes['object_store.location'])).toEqual([
      expect.stringMatching(/\/data\/.*\.parquet$/),
    ]);
    const snapshot = CURRENT_SNAPSHOT.exec(readFileSync(iceberg, 'utf8'))?.[1];
    expect(data.span.attributes).toMatchObject({
      'duckdb.iceberg.snapshot_id': snapshot,
      'planscope.metrics.manifests_read': 2,
    });
    const query = traced.queries().at(-1);
    const all = query === undefined ? [] : storageSpans(query);
    const metadata = all
      .map(({ attributes }) => String(attributes['object_store.location']))
      .filter((path) => path.includes('/metadata/'));
    // One document of the table, one list of manifests, and the manifests of two files.
    expect(metadata.length).toBe(4);
    for (const { attributes } of all.filter((span) =>
      metadata.includes(String(span.attributes['object_store.location'])),
    )) {
      const size = statSync(String(attributes['object_store.location']).replace('file://', '')).size;
      expect(attributes['object_store.result.bytes']).toBe(size);
    }
  });

  it('of DuckLake are scans of files, after a delete too', async () => {
    await connection.run(`ATTACH 'ducklake:${folder}/catalogue.ducklake' AS lake (DATA_PATH '${folder}/ducklake/')`);
    await connection.run('CREATE TABLE lake.t AS SELECT range AS i FROM range(10000)');
    await connection.run('INSERT INTO lake.t SELECT range + 100000 FROM range(10000)');
    expect(await rowsOf('SELECT count(*) FROM lake.t WHERE i < 10')).toEqual([['10']]);
    const pruned = scan('DUCKLAKE_SCAN');
    expect(pruned.span.attributes).toMatchObject({
      'duckdb.table_format': 'ducklake',
      'datafusion.metrics.files_opened': 1,
      'planscope.metrics.row_groups_scanned': 1,
    });
    const query = traced.queries().at(-1);
    const asked = (query === undefined ? [] : storageSpans(query)).filter(
      ({ name }) => name === 'ducklake.catalogue_query',
    );
    const counted = asked.reduce((sum, { attributes }) => sum + Number(attributes['object_store.request_count']), 0);
    expect(query?.span.attributes['planscope.metrics.catalogue_queries']).toBe(counted);
    expect(asked.map(({ attributes }) => attributes['object_store.location'])).toEqual(
      expect.arrayContaining(['lake.ducklake_snapshot']),
    );
    await connection.run('DELETE FROM lake.t WHERE i < 5');
    expect(await rowsOf('SELECT count(*) FROM lake.t WHERE i < 10')).toEqual([['5']]);
    expect(scan('DUCKLAKE_SCAN').span.attributes['datafusion.metrics.output_rows']).toBe(5);
  });
});

describe.skipIf(extensions === undefined)('the catalogue of a DuckLake', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-lake-'));
    traced = await TracedInstance.open('ducklake');
    connection = await traced.connect(['catalogue']);
    await connection.run(`ATTACH 'ducklake:${folder}/catalogue.ducklake' AS lake (DATA_PATH '${folder}/data/')`);
    await connection.run('CREATE TABLE lake.t AS SELECT range AS i FROM range(10000)');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const askedBy = (query: Node): number => Number(query.span.attributes['planscope.metrics.catalogue_queries'] ?? 0);

  it('is asked in queries with times of their own', async () => {
    expect(await rowsOf('SELECT count(*) FROM lake.t WHERE i < 10')).toEqual([['10']]);
    const query = traced.queries().at(-1) as Node;
    const spans = storageSpans(query);
    const counted = spans.reduce((sum, { attributes }) => sum + Number(attributes['object_store.request_count']), 0);
    expect(counted).toBe(askedBy(query));
    expect(counted).toBeGreaterThan(5);
    expect(new Set(spans.map(({ name }) => name))).toEqual(new Set(['ducklake.catalogue_query']));
  });

  it('belongs to no query while two queries run', async () => {
    const other = await traced.connect(['catalogue']);
    await other.run('SELECT 1');
    traced.recorder.clear();
    const sql = 'SELECT count(*) FROM lake.t a, lake.t b WHERE a.i + b.i = 3';
    await Promise.all([connection.run(sql), other.run(sql)]);
    expect(traced.queries().map(askedBy)).toEqual([0, 0]);
  });
});

describe.skipIf(extensions === undefined || python === undefined || minioProgram === undefined)(
  'tables on MinIO',
  () => {
    let minio: Minio;
    beforeAll(async () => {
      minio = await Minio.start();
      makeTables('s3://lake', `http://127.0.0.1:${minio.port}`, Minio.keyId, Minio.secret);
    });
    afterAll(() => minio.stop());
    beforeEach(async () => {
      traced = await TracedInstance.open('httpfs', 'delta');
      const bare = await traced.instance.connect();
      await bare.run(`CREATE SECRET (TYPE s3, KEY_ID '${Minio.keyId}', SECRET '${Minio.secret}', URL_STYLE 'path', USE_SSL false,
      ENDPOINT '127.0.0.1:${minio.port}', REGION 'us-east-1')`);
      bare.closeSync();
      connection = await traced.connect();
    });

    it('of Delta show the requests for their data', async () => {
      const sql = "SELECT sum(n) FROM delta_scan('s3://lake/delta') WHERE region = 'eu'";
      expect(await rowsOf(sql)).toEqual([['509499']]);
      const pruned = scan('DELTA_SCAN');
      expect(pruned.span.attributes).toMatchObject({
        'planscope.metrics.files_scanned': 2,
        'planscope.metrics.files_pruned': 2,
      });
      const locations = storageSpans(pruned).map(({ attributes }) => String(attributes['object_store.location']));
      expect(locations.length).toBe(pruned.span.attributes['planscope.metrics.http_requests']);
      for (const location of locations) expect(location).toMatch(/^s3:\/\/lake\/delta\/region=eu\//);
      // The kernel of the extension asks for the log of the table by itself, so that there is no total.
      const query = traced.queries().at(-1)?.span.attributes;
      expect(query).toMatchObject({ 'planscope.metrics.unlogged_scans': 1 });
      expect(query).not.toHaveProperty('planscope.metrics.http_requests');
    });
  },
);

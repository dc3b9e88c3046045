import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { processReads } from '../../test/process-reads.ts';
import type { ReadableSpan } from '../../test/traced-run.ts';
import { duckdbSchema } from '../semconv.ts';
import { traceConnection } from '../trace/trace-connection.ts';

const recorder = createSpanRecorder();
let folder: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-of-scans-'));
  const writer = await (await DuckDBInstance.create()).connect();
  const rows = 'SELECT range // 50000 AS k, range AS v FROM range(300000)';
  await writer.run(`COPY (${rows}) TO '${folder}/parts' (FORMAT parquet, PARTITION_BY (k))`);
  writer.closeSync();
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  recorder.clear();
  instance = await DuckDBInstance.create(':memory:', { threads: '1', enable_external_file_cache: 'false' });
  const { tracerProvider } = recorder;
  connection = traceConnection(await instance.connect(), { tracerProvider, events: { instance } });
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
});

async function spanOf(name: string, sql: string): Promise<ReadableSpan> {
  await connection.runAndReadAll(sql);
  await expect.poll(() => recorder.openSpans()).toBe(0);
  const span = recorder.spans().find((found) => found.name === name);
  if (span === undefined) throw new Error(`no span ${name}`);
  return span;
}

it('has the number of files that remain for a scan after a filter on folders', async () => {
  const scan = await spanOf('PARQUET_SCAN', `SELECT sum(v) FROM '${folder}/parts/*/*.parquet' WHERE k < 3`);
  expect(scan.attributes).toMatchObject({
    'planscope.metrics.files_scanned': 3,
    'planscope.metrics.files_pruned': 3,
  });
  expect(scan.attributes).not.toHaveProperty('duckdb.info.scanning_files');
});

it.each(['REC_CTE', 'REC_CTE_SCAN'])('shows the name of %s in its description', async (name) => {
  const span = await spanOf(name, 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) FROM t');
  expect(span.attributes['datafusion.node']).toMatch(new RegExp(`^${name}: `));
});

/** Bytes of the reads below a span. */
function bytesBelow(span: ReadableSpan): number {
  return recorder
    .spans()
    .filter(({ name, parentSpanContext }) => {
      return name === 'duckdb.get_ranges' && parentSpanContext?.spanId === span.spanContext().spanId;
    })
    .reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes']), 0);
}

it.each([
  ['a file', 'k=0/data_0.parquet'],
  ['a pattern', '*/*.parquet'],
])('assigns all reads to a scan of %s, even if a limit stops it', async (_, path) => {
  for (const rest of ['', ' LIMIT 5']) {
    recorder.clear();
    const before = await processReads();
    const scan = await spanOf('PARQUET_SCAN', `SELECT v FROM '${folder}/parts/${path}'${rest}`);
    const read = (await processReads()) - before;
    const bytes = bytesBelow(scan);
    expect(Math.abs(bytes / read - 1)).toBeLessThan(0.01);
    expect(scan.attributes['planscope.metrics.bytes_read']).toBe(bytes);
    const files = path.startsWith('*') ? 6 : 1;
    expect(scan.attributes['datafusion.metrics.files_opened']).toBe(rest === '' ? files : undefined);
  }
});

it('does not assign reads to a scan if another scan may have made them', async () => {
  const sql = `SELECT count(*) FROM '${folder}/parts/*/*.parquet' a, '${folder}/parts/k=0/*.parquet' b WHERE a.v = b.v`;
  await spanOf('PARQUET_SCAN', sql);
  const readers = recorder
    .spans()
    .filter(({ name }) => name === 'duckdb.get_ranges')
    .map(({ attributes, parentSpanContext }) => {
      const parent = recorder.spans().find((span) => span.spanContext().spanId === parentSpanContext?.spanId);
      return [String(attributes['object_store.location']).replace(/^.*parts./, ''), parent?.name];
    });
  expect(readers.sort()).toEqual([
    ['k=0/data_0.parquet', 'SELECT'],
    ...[1, 2, 3, 4, 5].map((k) => [`k=${k}/data_0.parquet`, 'PARQUET_SCAN']),
  ]);
});

it('counts scans of a database file as unlogged and omits the total', async () => {
  const path = join(folder, 'tables.duckdb');
  const writer = await (await DuckDBInstance.create(path)).connect();
  await writer.run('CREATE TABLE numbers AS SELECT range AS v, random() AS x FROM range(300000)');
  writer.closeSync();
  await connection.run(`ATTACH '${path}' AS tables (READ_ONLY)`);
  recorder.clear();
  const before = await processReads();
  const file = `${folder}/parts/k=0/data_0.parquet`;
  const span = await spanOf('SELECT tables.numbers', `SELECT sum(x) FROM tables.numbers JOIN '${file}' USING (v)`);
  const read = (await processReads()) - before;
  const [scan] = recorder.spans().filter(({ name }) => name === 'PARQUET_SCAN');
  const [table] = recorder.spans().filter(({ name }) => name === 'SEQ_SCAN');
  const logged = Number(scan?.attributes['planscope.metrics.bytes_read']);
  expect(logged).toBeGreaterThan(0);
  expect(logged).toBeLessThan(read / 2);
  expect(table?.attributes).not.toHaveProperty('planscope.metrics.bytes_read');
  expect(span.attributes['planscope.metrics.unlogged_scans']).toBe(1);
});

it('does not count scans of an in-memory table as unlogged', async () => {
  await connection.run('CREATE TABLE numbers AS SELECT range AS v FROM range(10)');
  const span = await spanOf('SELECT numbers', 'SELECT sum(v) FROM numbers');
  expect(span.attributes).not.toHaveProperty('planscope.metrics.unlogged_scans');
});

it('shows a file that COPY replaced under its final name, below the operator that wrote it', async () => {
  const copy = `COPY (SELECT range AS v FROM range(100)) TO '${folder}/copied.parquet'`;
  await connection.run(copy);
  recorder.clear();
  const put = await spanOf('duckdb.put', copy);
  expect(put.attributes['object_store.location']).toBe(join(folder, 'copied.parquet'));
  const parent = recorder.spans().find((span) => span.spanContext().spanId === put.parentSpanContext?.spanId);
  expect(parent?.attributes['duckdb.operator.type']).toMatch(/COPY_TO_FILE$/);
});

it('omits the number of rows if DuckDB did not count them', async () => {
  const sql = `SELECT a.v, t.x FROM (SELECT range AS v FROM range(100)) a, LATERAL (SELECT 1 AS x UNION ALL SELECT a.v) t`;
  const counted = await spanOf('RIGHT_DELIM_JOIN', sql).then(() =>
    recorder
      .spans()
      .filter(({ name }) => name === 'DUMMY_SCAN')
      .map(({ attributes }) => attributes['datafusion.metrics.output_rows']),
  );
  expect(counted).toEqual([undefined]);
});

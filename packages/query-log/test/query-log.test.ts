import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withQueryOptions } from '@planscope/duckdb';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QueryLogError, QueryLogExporter, type QueryLogOptions } from '../src/index.ts';
import { madeQueries, readLog, type TracedProgram, traceProgram } from './traced-program.ts';

let folder: string;
let program: TracedProgram;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-query-log-'));
  program = await traceProgram();
  warnings = [];
});
afterEach(async () => {
  program.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (options: QueryLogOptions = {}): QueryLogExporter =>
  new QueryLogExporter({ folder, warn: (message) => warnings.push(message), ...options });
const files = (): string[] => readdirSync(folder).sort();
const all = (select: string): Promise<Record<string, unknown>[]> => readLog(`${select} FROM '${folder}/*.parquet'`);

async function log(exporter: QueryLogExporter, ...queries: readonly string[]): Promise<void> {
  for (const sql of queries) await program.connection.run(sql).catch(() => {});
  await program.deliver(exporter);
}

it('has a row for each query, with its numbers, labels and plan', async () => {
  const exporter = start();
  await log(exporter, 'CREATE TABLE orders AS SELECT range AS id, range % 7 AS city FROM range(100000)');
  const rows = 1000;
  await withQueryOptions({ labels: { job: "night's", step: '1' }, tenant: 'acme' }, () =>
    program.connection.runAndReadAll(`SELECT city, count(*) FROM orders WHERE id > ${rows} GROUP BY city`),
  );
  await log(exporter, "SELECT error('no')");
  await exporter.shutdown();
  const found = await all(
    'SELECT kind, status, operation, summary, query_text, tenant, labels, rows_returned, rows_scanned, sources, partial',
  );
  expect(found).toMatchObject([
    { kind: 'query', status: 'ok', operation: 'CREATE' },
    {
      status: 'ok',
      operation: 'SELECT',
      summary: 'SELECT orders',
      query_text: 'SELECT city, count(*) FROM orders WHERE id > ?1 GROUP BY city',
      tenant: 'acme',
      labels: [
        { key: 'job', value: "night's" },
        { key: 'step', value: '1' },
      ],
      rows_returned: '7',
      rows_scanned: '98999',
      sources: [{ name: 'memory.main.orders', rows: '98999', bytes_read: null }],
      partial: false,
    },
    { status: 'error', operation: 'SELECT', sources: [] },
  ]);
  const [numbers] = await all(
    `SELECT bool_and(duration_ms > 0 AND abs(epoch_ms(started_at) - ${Date.now()}) < 60000) AS timed,
            bool_and(length(query_fingerprint) = 64) AS fingerprinted,
            count(DISTINCT trace_id || span_id) AS spans, max(compute_ms) > 0 AS computed`,
  );
  expect(numbers).toEqual({ timed: true, fingerprinted: true, spans: '3', computed: true });
  expect(exporter.stats).toEqual({ made: 3, written: 3, pending: 0, lost: 0 });
  expect(warnings).toEqual([]);
});

it('has files and findings', async () => {
  const orders = join(folder, 'orders.csv');
  const exporter = start({ folder: join(folder, 'log') });
  await log(
    exporter,
    `COPY (SELECT range AS id, range % 7 AS city FROM range(300000)) TO '${orders}'`,
    `SELECT city, count(*) FROM '${orders}' GROUP BY city`,
  );
  await exporter.shutdown();
  const found = await readLog(`SELECT files, bytes_read, bytes_written, findings FROM '${folder}/log/*.parquet'`);
  const { size } = statSync(orders);
  expect(found[0]).toMatchObject({ bytes_written: String(size), findings: expect.any(Array) });
  expect(found[1]).toMatchObject({
    bytes_read: String(size),
    files: [{ location: orders, bytes_read: String(size), bytes_written: '0' }],
    // On a busy machine there are more, of what takes long.
    findings: expect.arrayContaining([
      expect.objectContaining({
        rule: 'text-format-scanned',
        severity: expect.any(String),
        share: expect.any(Number),
      }),
    ]),
  });
});

it('has a plan in full only once in each file', async () => {
  const exporter = start({ maxFileRows: 4 });
  await log(exporter, 'CREATE TABLE t AS SELECT range AS a FROM range(10)');
  for (let round = 0; round < 6; round += 1) {
    await log(exporter, `SELECT a FROM t WHERE a > ${round}`);
    await exporter.forceFlush();
  }
  await exporter.shutdown();
  expect(files()).toHaveLength(2);
  const found = await readLog(
    `SELECT filename, count(*) AS "rows", list(plan) FILTER (plan IS NOT NULL AND operation = 'SELECT') AS plans
     FROM read_parquet('${folder}/*.parquet', filename = true) GROUP BY ALL ORDER BY ALL`,
  );
  const plan = 'SEQ_SCAN: table=memory.main.t, scan_type=Sequential Scan, projections=a, filter=a>?1';
  expect(found).toMatchObject([
    { rows: '4', plans: [plan] },
    { rows: '3', plans: [plan] },
  ]);
});

it('removes the oldest files, by number and by bytes, and keeps those of others', async () => {
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const exporter = start({ maxFileRows: 1, maxFiles: 3 });
  for (let round = 0; round < 5; round += 1) {
    await log(exporter, `SELECT ${round} AS n`);
    await exporter.forceFlush();
  }
  expect(files().filter((name) => name.endsWith('.parquet'))).toHaveLength(3);
  await exporter.shutdown();
  const tight = start({ maxFileRows: 1, maxBytes: 1 });
  await log(tight, 'SELECT 6');
  await tight.shutdown();
  expect(files()).toEqual(['notes.txt', expect.stringMatching(/^queries_\d{8}T\d{9}Z_[0-9a-f]{8}\.parquet$/)]);
});

it('begins a new file when the last one is old or large, or was removed', async () => {
  const exporter = start({ maxFileMillis: 1 });
  await log(exporter, 'SELECT 1');
  await exporter.forceFlush();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await log(exporter, 'SELECT 2');
  await exporter.shutdown();
  expect(files()).toHaveLength(2);
  const large = start({ maxFileBytes: 1 });
  await log(large, 'SELECT 3');
  await large.forceFlush();
  await log(large, 'SELECT 4');
  await large.forceFlush();
  expect(files()).toHaveLength(4);
  rmSync(folder, { recursive: true });
  await log(large, 'SELECT 5');
  await large.shutdown();
  expect(await all('SELECT query_text')).toEqual([{ query_text: 'SELECT ?1' }]);
});

it('removes what a killed process left, but not what another may be writing', async () => {
  for (const name of ['.queries_old.tmp', '.queries_new.tmp']) writeFileSync(join(folder, name), 'half');
  utimesSync(join(folder, '.queries_old.tmp'), 0, 0);
  const exporter = start();
  await log(exporter, 'SELECT 1');
  await exporter.shutdown();
  expect(files()).toEqual(['.queries_new.tmp', expect.stringMatching(/parquet$/)]);
  expect(await all('SELECT count(*) AS n')).toEqual([{ n: '1' }]);
});

it('writes after a time, without a flush', async () => {
  const exporter = start({ flushMillis: 20 });
  await log(exporter, 'SELECT 1');
  expect(exporter.stats).toMatchObject({ written: 0, pending: 1 });
  while (exporter.stats.written === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await all('SELECT count(*) AS n')).toEqual([{ n: '1' }]);
  await exporter.shutdown();
});

it('takes any text: quotes, control characters, half a character, a statement of 2 MB', async () => {
  const exporter = start();
  const hostile = `'); DROP TABLE x; --\u0000\u001b[31m</script>\ud800 "`;
  const statements = [
    `SELECT ${JSON.stringify(hostile)}`,
    `SELECT length('${'x'.repeat(2_000_000)}') AS "it's"`,
    `SELECT ${Array.from({ length: 300_000 }, () => '1').join('+')}`,
  ];
  for (const sql of statements) {
    const run = (): Promise<unknown> => program.connection.run(sql).catch(() => {});
    await withQueryOptions({ labels: { label: hostile }, tenant: hostile }, run);
  }
  await program.deliver(exporter);
  // Any program that makes spans can set these attributes.
  const recorder = createSpanRecorder();
  const attributes = {
    'planscope.span.kind': 'query',
    [`planscope.label.${hostile}`]: hostile,
    'planscope.metrics.wait_time': 1e300,
    'db.response.returned_rows': Number.NaN,
  };
  recorder.tracerProvider.getTracer('test').startSpan(hostile, { attributes }).end();
  exporter.export([...recorder.spans()], () => {});
  await exporter.shutdown();
  const found = await all('SELECT tenant, labels, length(query_text) < 20000 AS bounded');
  const stored = hostile.replace('\ud800', '\ufffd');
  expect(found).toEqual([
    ...Array.from({ length: 3 }, () => ({ tenant: stored, labels: [{ key: 'label', value: stored }], bounded: true })),
    { tenant: null, labels: [{ key: stored, value: stored }], bounded: null },
  ]);
  expect(exporter.stats).toMatchObject({ made: 4, written: 4 });
});

it('two logs in one folder do not disturb each other', async () => {
  const [one, other] = [start(), start()];
  for (let round = 0; round < 3; round += 1) {
    await log(one, 'SELECT 1');
    await log(other, 'SELECT 2', 'SELECT 3');
    await Promise.all([one.forceFlush(), other.forceFlush()]);
  }
  await Promise.all([one.shutdown(), other.shutdown()]);
  expect(files()).toHaveLength(2);
  expect(await all('SELECT count(*) AS n')).toEqual([{ n: '9' }]);
});

it('a reader finds whole files whenever it looks', async () => {
  const exporter = start();
  await log(exporter, 'SELECT 1');
  await exporter.forceFlush();
  let isWriting = true;
  const seen: number[] = [];
  const reading = (async () => {
    while (isWriting) seen.push(Number((await all('SELECT count(*) AS n'))[0]?.n));
  })();
  for (let round = 0; round < 20; round += 1) {
    await log(exporter, 'SELECT 1');
    await exporter.forceFlush();
  }
  isWriting = false;
  await reading;
  await exporter.shutdown();
  expect(seen.length).toBeGreaterThan(3);
  expect(seen).toEqual(seen.toSorted((left, right) => left - right));
});

describe('a folder that cannot be written', () => {
  it('is refused at the start', () => {
    writeFileSync(join(folder, 'occupied'), '');
    for (const option of ['folder', 'database'] as const) {
      const begin = () => start({ [option]: join(folder, 'occupied', 'log') });
      expect(begin).toThrow(QueryLogError);
      expect(begin).toThrow(new RegExp(`${option}: cannot write to ".*" \\((ENOTDIR|EEXIST)\\); use a folder`));
    }
  });

  it('later loses no row that finds room in memory, says so once, and counts the others', async () => {
    const place = join(folder, 'log');
    const exporter = start({ folder: place, maxBufferBytes: 8_000 });
    rmSync(place, { recursive: true });
    writeFileSync(place, '');
    await log(exporter, 'SELECT 1', 'SELECT 2');
    await expect(exporter.forceFlush()).rejects.toThrow();
    await expect(exporter.forceFlush()).rejects.toThrow();
    await log(exporter, ...Array.from({ length: 20 }, (_, index) => `SELECT ${index}`));
    const { made, written, pending, lost } = exporter.stats;
    expect([made, written]).toEqual([22, 0]);
    expect(pending).toBeGreaterThan(2);
    expect(lost).toBeGreaterThan(2);
    rmSync(place);
    await exporter.shutdown();
    expect(exporter.stats).toEqual({ made, written: pending, pending: 0, lost });
    expect(await readLog(`SELECT count(*) AS n FROM '${place}/*.parquet'`)).toEqual([{ n: String(pending) }]);
    expect(warnings).toEqual([
      expect.stringMatching(/log: cannot write to the log \(.*\); check the disk and the permissions\. Further/),
      expect.stringMatching(new RegExp(`^${lost} of 22 queries are not in the log .*log: writing failed`)),
    ]);
  });
});

it.each([{ maxFiles: 0 }, { flushMillis: 0.5 }, { maxBytes: Number.NaN }, { folder: 'a*b' }])(
  'refuses the option %j',
  (options) => {
    expect(() => start(options)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  },
);

it('holds no more rows in memory than fit, however many come, and loses none where it can write', async () => {
  const exporter = start({ maxBufferBytes: 500_000 });
  const text = 'x'.repeat(1000);
  let most = 0;
  for (let made = 0; made < 3000; made += 100) {
    await new Promise<void>((resolve) =>
      exporter.export(
        madeQueries(100, () => text),
        () => resolve(),
      ),
    );
    most = Math.max(most, exporter.stats.pending);
  }
  await exporter.shutdown();
  // A row takes more than its text with two bytes a character.
  expect(most).toBeLessThanOrEqual(250);
  expect(exporter.stats).toEqual({ made: 3000, written: 3000, pending: 0, lost: 0 });
  expect(await all('SELECT count(*) AS n')).toEqual([{ n: '3000' }]);
});

it('takes no span after its end', async () => {
  const exporter = start();
  await exporter.shutdown();
  await program.connection.run('SELECT 1');
  await expect(program.deliver(exporter)).rejects.toThrow('the log is closed');
});

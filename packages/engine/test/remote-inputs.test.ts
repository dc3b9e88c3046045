import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, type GetOptions } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RemoteStore } from '../../object-store/test/cache/remote-store.ts';
import { createEngine, type Engine, type EngineOptions, type InputSpec, type RunResult } from '../src/index.ts';

const KIB = 1024;
const ROWS = 100_000;
const recorder = createSpanRecorder();

let files: string;
let temporary: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
let store: RemoteStore;
let engines: Engine[];

beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'planscope-remote-files-'));
  instance = await DuckDBInstance.create();
  connection = await instance.connect();
  const rows = (offset: number): string =>
    `SELECT range + ${offset} AS id, 'name ' || hash(range) AS name FROM range(${ROWS})`;
  for (const part of [0, 1, 2]) await connection.run(`COPY (${rows(part * ROWS)}) TO '${files}/${part}.parquet'`);
  await connection.run(`COPY (${rows(0)}) TO '${files}/rows.csv'`);
  await connection.run(`COPY (SELECT range AS id FROM range(100)) TO '${files}/rows.json'`);
  const columns = Array.from({ length: 40 }, (_, index) => `range + ${index} AS column_with_a_long_name_${index}`);
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM range(100_000)) TO '${files}/wide.parquet' (ROW_GROUP_SIZE 2048)`,
  );
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(files, { recursive: true });
});

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'planscope-test-'));
  vi.stubEnv('TMPDIR', temporary);
  store = new RemoteStore();
  engines = [];
  recorder.clear();
});

afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  expect(recorder.openSpans()).toBe(0);
  expect(await leftBehind()).toEqual([]);
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

/** Files of runs, in the temporary folder and in that of the cache. */
async function leftBehind(): Promise<string[]> {
  const here = await readdir(temporary);
  const cache = here.find((name) => name.startsWith('planscope-cache-'));
  const runs = cache === undefined ? [] : await readdir(join(temporary, cache, 'runs'));
  return [...here.filter((name) => name.startsWith('planscope-run-')), ...runs];
}

async function openEngine(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await createEngine({
    tracing: { preset: 'production-lean', ruleMode: 'full' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [store] }),
    objectCache: { partSize: 64 * KIB },
    ...options,
  });
  engines.push(engine);
  return engine;
}

const upload = async (file: string, path = file): Promise<void> =>
  void (await store.write(path, await readFile(join(files, file))));

/** Runs a query over remote inputs. */
function query(
  engine: Engine,
  sql: string,
  locations: Record<string, string>,
  signal?: AbortSignal,
): Promise<RunResult> {
  const inputs: InputSpec[] = Object.entries(locations).map(([name, location]) => ({ name, location }));
  const spec = { version: 1, inputs, views: [{ name: 'v', sql }], outputs: [{ name: 'o', from: 'v' }] } as const;
  return engine.run(spec, signal === undefined ? {} : { signal });
}

const count = 'SELECT count(*)::INT AS n, sum(id)::DOUBLE AS total FROM t';
const values = ({ outputs }: RunResult): unknown => outputs[0]?.batches?.[0]?.toArray()[0]?.toJSON();
const bytesOf = (options: readonly GetOptions[]): number =>
  options.reduce(
    (sum, { range }) => sum + (range !== undefined && 'end' in range ? range.end - range.start : Number.NaN),
    0,
  );

/** What spans below a span of this name got from the store. */
function gotBelow(name: string): number[] {
  const parents = recorder.spans().filter((span) => span.name.replace(' (modified)', '') === name);
  return parents.map((parent) =>
    recorder
      .spans()
      .filter((span) => span.name === 'memory.get' && span.parentSpanContext?.spanId === parent.spanContext().spanId)
      .reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes'] ?? 0), 0),
  );
}

const attribute = (name: string, key: string): unknown[] =>
  recorder.spans().flatMap((span) => (span.name === name ? [span.attributes[key]] : []));

describe('Parquet objects', () => {
  it('are planned from the footer of the first, and fetched below their FetchExec, each byte once', async () => {
    for (const part of [0, 1, 2]) await upload(`${part}.parquet`, `t/${part}.parquet`);
    const result = await query(await openEngine(), count, { t: 'memory:///t/*.parquet' });
    expect(values(result)).toEqual({ n: 3 * ROWS, total: (3 * ROWS * (3 * ROWS - 1)) / 2 });
    assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
    const sizes = await Promise.all([0, 1, 2].map(async (part) => (await store.head(`t/${part}.parquet`)).size));
    const all = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytesOf(store.gets)).toBe(all);
    expect(gotBelow('resolve_schemas')).toEqual([64 * KIB]);
    expect(gotBelow('FetchExec')).toEqual([all - 64 * KIB]);
    expect(attribute('FetchExec', 'planscope.metrics.bytes_read')).toEqual([all - 64 * KIB]);
    expect(attribute('FetchExec', 'planscope.metrics.bytes_from_cache')).toEqual([64 * KIB]);
    expect(result.summary.storeBytesRead).toEqual({ value: all, source: 'counted' });
  });

  it('have a long footer read with exactly what is missing of it', async () => {
    await upload('wide.parquet');
    const result = await query(await openEngine(), 'SELECT count(*)::INT AS n FROM t', { t: 'memory:///wide.parquet' });
    expect(values(result)).toEqual({ n: 100_000 });
    const { size } = await store.head('wide.parquet');
    const bytes = await readFile(join(files, 'wide.parquet'));
    const footer = bytes.readUInt32LE(size - 8) + 8;
    expect(footer).toBeGreaterThan(64 * KIB);
    expect(gotBelow('resolve_schemas')).toEqual([footer]);
    expect(bytesOf(store.gets)).toBe(size);
  });

  it('are not fetched where nothing needs them', async () => {
    await upload('0.parquet');
    await upload('1.parquet');
    const engine = await openEngine();
    const result = await query(engine, count, { t: 'memory:///0.parquet', unused: 'memory:///1.parquet' });
    const { size } = await store.head('0.parquet');
    expect(gotBelow('FetchExec')).toEqual([size - 64 * KIB]);
    expect(result.summary.storeBytesRead.value).toBe(size + 64 * KIB);
  });

  it('that are none are an error that says so', async () => {
    await store.write('x.parquet', `${'no Parquet, '.repeat(10_000)}`);
    await expect(query(await openEngine(), count, { t: 'memory:///x.parquet' })).rejects.toMatchObject({
      code: 'unreadable-input',
      message: expect.stringContaining('No magic bytes found at end of file'),
    });
    expect(gotBelow('resolve_schemas')).toEqual([64 * KIB]);
  });
});

it.each(['rows.csv', 'rows.json'])('%s is fetched whole while the run is planned, and no byte twice', async (file) => {
  await upload(file);
  const result = await query(await openEngine(), 'SELECT count(*)::INT AS n FROM t', { t: `memory:///${file}` });
  const { size } = await store.head(file);
  expect(gotBelow('resolve_schemas')).toEqual([size]);
  expect(gotBelow('FetchExec')).toEqual([0]);
  expect(attribute('FetchExec', 'planscope.metrics.bytes_read')).toEqual([0]);
  expect(attribute('FetchExec', 'planscope.metrics.bytes_from_cache')).toEqual([size]);
  expect(result.summary.storeBytesRead).toEqual({ value: size, source: 'counted' });
});

describe('a later run', () => {
  it('reads the copies that are kept, which are never counted as the store’s', async () => {
    await upload('0.parquet');
    await upload('rows.csv');
    const locations = { t: 'memory:///0.parquet', u: 'memory:///rows.csv' };
    const sql = 'SELECT count(*)::INT AS n FROM t JOIN u USING (id)';
    const first = await query(await openEngine(), sql, locations);
    const gets = store.gets.length;
    recorder.clear();
    // Another engine, as another process would have.
    const second = await query(await openEngine(), sql, locations);
    expect(values(second)).toEqual(values(first));
    expect(store.gets).toHaveLength(gets);
    expect(second.summary.storeBytesRead).toEqual({ value: 0, source: 'counted' });
    expect(
      renderSpanTree(
        recorder.spans().filter(({ name }) => /^(planscope|memory|resolve|analyze|Fetch|DuckDB)/.test(name)),
        {
          attributes: ['planscope.metrics.bytes_*', 'datafusion.metrics.bytes_*'],
          hide: ({ attributes }) => attributes['planscope.planner'] === 'duckdb',
        },
      ).replace(/=\d+/g, (size) => (size === '=0' ? size : '=<size>')),
    ).toMatchInlineSnapshot(`
      "planscope.execute
        analyze_logical_plan
          resolve_names (modified)
          resolve_inputs
            memory.head
            memory.head
          resolve_schemas (modified)
        DuckDBExec
          FetchExec planscope.metrics.bytes_from_cache=<size> planscope.metrics.bytes_read=0
          FetchExec planscope.metrics.bytes_from_cache=<size> planscope.metrics.bytes_read=0"
    `);
  });

  it('reads what was written in between', async () => {
    const engine = await openEngine();
    await upload('0.parquet', 't.parquet');
    expect(values(await query(engine, count, { t: 'memory:///t.parquet' }))).toMatchObject({
      total: (ROWS * (ROWS - 1)) / 2,
    });
    await upload('1.parquet', 't.parquet');
    expect(values(await query(engine, count, { t: 'memory:///t.parquet' }))).toMatchObject({
      total: (ROWS * (ROWS - 1)) / 2 + ROWS * ROWS,
    });
  });

  it('fetches anew where nothing is to be kept', async () => {
    await upload('0.parquet');
    const engine = await openEngine({ objectCache: false });
    for (const run of [1, 2]) {
      const { summary } = await query(engine, count, { t: 'memory:///0.parquet' });
      expect(summary.storeBytesRead.value, `run ${run}`).toBe((await store.head('0.parquet')).size);
    }
    expect(await readdir(temporary)).not.toContainEqual(expect.stringContaining('planscope-cache-'));
  });

  it('that comes at the same time shares the download', async () => {
    await upload('0.parquet');
    const engine = await openEngine();
    const results = await Promise.all([1, 2, 3].map(() => query(engine, count, { t: 'memory:///0.parquet' })));
    expect(new Set(results.map((result) => JSON.stringify(values(result)))).size).toBe(1);
    const { size } = await store.head('0.parquet');
    const read = results.reduce((sum, { summary }) => sum + Number(summary.storeBytesRead.value), 0);
    // Each may have read the footer for its own planning.
    expect(read).toBeGreaterThanOrEqual(size);
    expect(read).toBeLessThanOrEqual(size + 2 * 64 * KIB);
    expect(bytesOf(store.gets)).toBe(read);
  });
});

describe('an object that is overwritten', () => {
  it.each([
    ['between planning and the fetch', 2],
    ['between two ranges of the fetch', 3],
  ])('%s fails the run and says so', async (_, at) => {
    await upload('0.parquet', 't.parquet');
    const other = await readFile(join(files, '1.parquet'));
    store.before = (__, gets) => (gets === at ? store.put('t.parquet', other) : undefined);
    const engine = await openEngine({ objectCache: { partSize: 64 * KIB, concurrency: 1 } });
    await expect(query(engine, count, { t: 'memory:///t.parquet' })).rejects.toMatchObject({
      kind: 'Precondition',
      message: expect.stringContaining('was overwritten after this run had looked at it'),
    });
    assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
    expect(attribute('FetchExec', 'error.type')).toEqual(['ObjectStoreError']);
    expect(attribute('FetchExec', 'planscope.metrics.bytes_read')).toEqual(gotBelow('FetchExec'));
  });
});

describe('a run that ends early', () => {
  it('by its caller in the middle of a fetch leaves no span, no request and no file', async () => {
    await upload('0.parquet');
    const controller = new AbortController();
    const reason = new Error('enough');
    let under = 0;
    store.before = async (_, gets) => {
      under += 1;
      if (gets === 4) setTimeout(() => controller.abort(reason), 5);
      await sleep(30);
      under -= 1;
    };
    const engine = await openEngine();
    await expect(query(engine, count, { t: 'memory:///0.parquet' }, controller.signal)).rejects.toBe(reason);
    expect(under).toBe(0);
    expect(recorder.openSpans()).toBe(0);
    expect(await leftBehind()).toEqual([]);
    assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
    expect(attribute('planscope.execute', 'planscope.run.status')).toEqual(['cancelled']);
    const [read] = attribute('FetchExec', 'planscope.metrics.bytes_read');
    expect([read]).toEqual(gotBelow('FetchExec'));
  });

  it('by one input has the fetch of the other stopped before the run ends', async () => {
    await upload('0.parquet');
    await upload('1.parquet');
    const failure = new Error('broken');
    let under = 0;
    store.before = async (_, gets) => {
      under += 1;
      await sleep(20);
      under -= 1;
      if (gets === 5) throw failure;
    };
    const engine = await openEngine();
    const sql = 'SELECT count(*) AS n FROM t JOIN u USING (id)';
    const running = query(engine, sql, { t: 'memory:///0.parquet', u: 'memory:///1.parquet' });
    await expect(running).rejects.toBe(failure);
    expect(under).toBe(0);
    expect(recorder.openSpans()).toBe(0);
    expect(await leftBehind()).toEqual([]);
    assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
  });
});

it('keeps copies in a folder that is for this user alone, unless told otherwise', async () => {
  await upload('rows.json');
  await query(await openEngine({ objectCache: {} }), 'SELECT count(*) AS n FROM t', { t: 'memory:///rows.json' });
  const folder = join(temporary, `planscope-cache-${process.getuid?.() ?? userInfo().username}`);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'objects'))).toHaveLength(1);
});

it('refuses a cache that cannot be before anything is opened', async () => {
  await expect(openEngine({ objectCache: { maxBytes: -1 } })).rejects.toThrow(
    'option "maxBytes" of the object cache is -1; it must be a whole number of bytes from 0 up',
  );
});

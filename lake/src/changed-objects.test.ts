import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Engine, EngineOptions, ExecutionSpec, RunResult } from '@planscope/engine';
import { createStoreRegistry, type ObjectStore, type StoreRegistry } from '@planscope/object-store';
import { s3Stores } from '@planscope/object-store/s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serverAt } from './answers.ts';
import { CountingServer } from './counting-server.ts';
import { Minio, minioProgram } from './minio.ts';
import { endTest, openEngine, recorder } from './traced-engine.ts';
import { extensions } from './traced-instance.ts';

const FORMATS = ['parquet', 'csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

let minio: Minio;
let server: CountingServer;
let store: ObjectStore;
let engine: Engine | undefined;
/** Called after DuckDB has asked for an object with HEAD, once. */
let afterHead: (() => Promise<void>) | undefined;
/** Files with the numbers from 1 to 3, and with the numbers from 1 to 4, by format. */
const files = new Map<Format, readonly [before: Buffer, after: Buffer]>();

const isDuckDB = ({ headers }: IncomingMessage): boolean => /duckdb/i.test(headers['user-agent'] ?? '');

function stores(port: number): StoreRegistry {
  const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
  const s3 = s3Stores({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials });
  return createStoreRegistry({ factories: { s3 } });
}

/** An engine that calls a function when a run is planned and its query has not started. */
async function open(afterPlanning: () => Promise<unknown>, options: Partial<EngineOptions> = {}): Promise<void> {
  const apply = async <T>(plan: T): Promise<T> => {
    await afterPlanning();
    return plan;
  };
  engine = await openEngine(['httpfs'], {
    stores: stores(server.port),
    rules: { physical: [{ name: 'change', apply }] },
    ...options,
  });
}

async function sum(format: Format, more: Partial<ExecutionSpec['outputs'][number]> = {}): Promise<RunResult> {
  if (engine === undefined) throw new Error('no engine is open');
  return engine.run({
    version: 1,
    inputs: [{ name: 't', location: `s3://lake/changed/*.${format}`, format, access: 'direct' }],
    views: [{ name: 'v', sql: 'SELECT sum(n)::INTEGER AS s FROM t' }],
    outputs: [{ name: 'o', from: 'v', ...more }],
  });
}

const total = ({ outputs }: RunResult): unknown => outputs[0]?.batches?.[0]?.get(0)?.s;
const write = (format: Format, state: 'before' | 'after') =>
  store.put(`changed/one.${format}`, files.get(format)?.[state === 'before' ? 0 : 1] ?? Buffer.alloc(0));

function forgetRequests(): Promise<void> {
  server.seen.length = 0;
  return Promise.resolve();
}

/** Whether the store was asked for its objects since then, which DuckDB does not do. */
const isListed = (): boolean => server.seen.some(({ url }) => url.includes('list-type'));

const OVERWRITTEN = /the object was overwritten after this run had looked at it; run it again/;

describe.skipIf(extensions === undefined || minioProgram === undefined)('objects that DuckDB reads', () => {
  beforeAll(async () => {
    minio = await Minio.start();
    store = stores(minio.port).resolve('s3://lake/').store;
    const forward = serverAt(minio.port);
    server = await CountingServer.start(async (request, body) => {
      const answer = await forward(request, body);
      if (request.method === 'HEAD' && isDuckDB(request)) {
        const change = afterHead;
        afterHead = undefined;
        await change?.();
      }
      return answer;
    });
    const folder = mkdtempSync(join(tmpdir(), 'planscope-changed-'));
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const written = async (format: Format, last: number): Promise<Buffer> => {
      await connection.run(`COPY (SELECT range AS n FROM range(1, ${last} + 1)) TO '${folder}/x' (FORMAT ${format})`);
      return readFileSync(join(folder, 'x'));
    };
    for (const format of FORMATS) files.set(format, [await written(format, 3), await written(format, 4)]);
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  });
  afterAll(async () => {
    await server.stop();
    await minio.stop();
  });
  beforeEach(async () => {
    for (const format of FORMATS) await write(format, 'before');
  });
  afterEach(async () => {
    afterHead = undefined;
    await endTest(engine);
    engine = undefined;
  });

  describe.each(FORMATS)('of %s', (format) => {
    it('are looked at once where the log shows their state', async () => {
      await open(forgetRequests);
      expect(total(await sum(format))).toBe(6);
      expect(isListed()).toBe(false);
      expect(server.seen.length).toBeGreaterThan(0);
    });

    it.each([
      ['logs requests', {}, false],
      ['logs nothing', { tracing: { enabled: false } }, true],
      ['logs no requests', { tracing: { preset: 'production-lean', instrumentObjectStore: false } }, true],
    ] as const)('fail a run if they changed after it was planned and DuckDB %s', async (_, options, asksAgain) => {
      await open(async () => {
        await write(format, 'after');
        forgetRequests();
      }, options);
      const error = await sum(format).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'precondition',
        path: `changed/one.${format}`,
        message: expect.stringMatching(OVERWRITTEN),
      });
      expect(isListed()).toBe(asksAgain);
      // The next run plans with the new state.
      await engine?.close();
      await open(async () => {}, options);
      expect(total(await sum(format))).toBe(10);
    });

    it('fail a run with the same error while DuckDB reads them', async () => {
      await open(async () => {
        afterHead = async () => void (await write(format, 'after'));
      });
      const error = (await sum(format).catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject({ code: 'precondition', message: expect.stringMatching(OVERWRITTEN) });
      expect(String(error.cause)).toMatch(/ETag on reading file .* was initially/);
    });
  });

  it('are in no output if they changed', async () => {
    await open(() => write('parquet', 'after'));
    const location = 's3://lake/results/sum.parquet';
    await expect(sum('parquet', { location })).rejects.toMatchObject({ code: 'precondition' });
    await expect(store.head('results/sum.parquet')).rejects.toMatchObject({ code: 'not-found' });
    const failed = recorder.spans().filter(({ name }) => name === 'UploadExec');
    expect(failed.map(({ attributes }) => attributes['error.type'])).toEqual(['ObjectStoreError']);
  });

  it('are named if they were removed', async () => {
    await store.put('changed/two.csv', Buffer.from('n\n1\n'));
    await open(() => store.delete('changed/two.csv'));
    await expect(sum('csv')).rejects.toMatchObject({
      code: 'not-found',
      path: 'changed/two.csv',
      message: expect.stringContaining('the object was removed after this run had looked at it'),
    });
  });

  it('leave the error of a query as it is if they did not change', async () => {
    await open(async () => {});
    const run = engine?.run({
      version: 1,
      inputs: [{ name: 't', location: 's3://lake/changed/one.csv', format: 'csv', access: 'direct' }],
      views: [{ name: 'v', sql: "SELECT CASE WHEN n > 2 THEN error('boom') END AS x FROM t" }],
      outputs: [{ name: 'o', from: 'v' }],
    });
    await expect(run).rejects.toThrow(/boom/);
  });
});

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { duckdbSchema } from '../semconv.ts';
import { flush } from './drawing-backlog.ts';
import { traceConnection } from './trace-connection.ts';

const MEMORY = 'planscope.metrics.memory_limit';
const STORAGE = 'planscope.metrics.temporary_storage_limit';
const MIB = 1024 * 1024;

const recorder = createSpanRecorder();
let instance: DuckDBInstance;
let bare: DuckDBConnection;

beforeEach(async () => {
  recorder.clear();
  instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MiB', max_temp_directory_size: '64MiB' });
  bare = await instance.connect();
});
afterEach(() => {
  bare.closeSync();
  instance.closeSync();
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
});

async function attributesOf(connection: DuckDBConnection, sql: string) {
  await connection.run(sql);
  await flush();
  return recorder.spans().findLast(({ attributes }) => attributes['db.query.text'] !== undefined)?.attributes ?? {};
}

it('tells the limits of the instance on a query, with their source', async () => {
  const { tracerProvider } = recorder;
  const connection = traceConnection(await instance.connect(), { tracerProvider, events: { instance } });
  const attributes = await attributesOf(connection, 'SELECT 1');
  expect(attributes).toMatchObject({ [MEMORY]: 512 * MIB, [STORAGE]: 64 * MIB });
  expect(attributes['planscope.metric_sources']).toEqual(['memory_limit=settings', 'temporary_storage_limit=settings']);
  connection.closeSync();
});

it('reads them again after a second, on a connection of its own', async () => {
  const { tracerProvider } = recorder;
  const own = await instance.connect();
  const connection = traceConnection(own, { tracerProvider, events: { instance } });
  await attributesOf(connection, 'SELECT 1');
  await bare.run(`SET memory_limit = '1GiB'`);
  await bare.run(`RESET max_temp_directory_size`);
  const limit = async () => (await attributesOf(connection, 'SELECT 2'))[MEMORY];
  await expect.poll(limit, { timeout: 10_000 }).toBe(1024 * MIB);
  const attributes = await attributesOf(connection, 'SELECT 3');
  // DuckDB writes "90% of available disk space".
  expect(attributes).not.toHaveProperty(STORAGE);
  connection.closeSync();
});

it('tells none without the log of the instance, which would take a statement on the connection', async () => {
  const connection = traceConnection(await instance.connect(), { tracerProvider: recorder.tracerProvider });
  expect(await attributesOf(connection, 'SELECT 1')).not.toHaveProperty(MEMORY);
  connection.closeSync();
});

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { flush } from '../trace/drawing-backlog.ts';
import { DuckDBInstrumentation } from './duckdb-instrumentation.ts';

let recorder: SpanRecorder;
let instrumentation: DuckDBInstrumentation;
let connections: DuckDBConnection[];
beforeEach(() => {
  recorder = createSpanRecorder();
  instrumentation = new DuckDBInstrumentation();
  connections = [];
});
afterEach(() => {
  instrumentation.disable();
  for (const connection of connections) connection.closeSync();
});

async function connect(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create()).connect();
  connections.push(connection);
  return connection;
}

async function queries({ spans } = recorder): Promise<string[]> {
  await flush();
  return spans()
    .filter(({ attributes }) => attributes['planscope.span.kind'] === 'query')
    .map(({ name }) => name);
}

it('traces with the provider of registerInstrumentations until that unloads it', async () => {
  const { tracerProvider } = recorder;
  const unload = registerInstrumentations({ tracerProvider, instrumentations: [instrumentation] });
  const connection = await connect();
  await connection.run('SELECT 42');
  unload();
  expect(instrumentation.isEnabled()).toBe(false);
  await connection.run('CREATE TABLE t (i INTEGER)');
  await (await connect()).run('CREATE TABLE t (i INTEGER)');
  expect(await queries()).toEqual(['SELECT']);
});

it('traces open connections again when it is enabled again', async () => {
  instrumentation.setTracerProvider(recorder.tracerProvider);
  const connection = await connect();
  instrumentation.disable();
  await connection.run('SELECT 1');
  instrumentation.enable();
  await connection.run('CREATE TABLE t (i INTEGER)');
  await (await connect()).run('CREATE TABLE u (i INTEGER)');
  expect(await queries()).toEqual(['CREATE t', 'CREATE u']);
});

it('is off if it is made so', async () => {
  const off = new DuckDBInstrumentation({ enabled: false });
  off.setTracerProvider(recorder.tracerProvider);
  instrumentation.disable();
  await (await connect()).run('SELECT 1');
  expect(await queries()).toEqual([]);
});

it('changes the options of open connections, and its provider stays', async () => {
  instrumentation.setTracerProvider(recorder.tracerProvider);
  const connection = await connect();
  instrumentation.setConfig({ preset: 'off' });
  await connection.run('SELECT 1');
  instrumentation.setConfig({ customFields: { 'app.part': 'report' } });
  await connection.run('CREATE TABLE t (i INTEGER)');
  expect(await queries()).toEqual(['CREATE t']);
  expect(instrumentation.getConfig()).toMatchObject({ enabled: true, customFields: { 'app.part': 'report' } });
});

it('refuses an invalid configuration and keeps the one before', () => {
  expect(() => instrumentation.setConfig({ preset: 'loud' as never })).toThrow(/preset is "loud"/);
  expect(instrumentation.getConfig()).toEqual({ enabled: true });
  expect(() => new DuckDBInstrumentation({ detail: { slowerThan: -1 } })).toThrow(/detail.slowerThan/);
});

it('replaces another instrumentation for new connections, so that each query has one span', async () => {
  const second = createSpanRecorder();
  instrumentation.setTracerProvider(recorder.tracerProvider);
  const other = new DuckDBInstrumentation();
  other.setTracerProvider(second.tracerProvider);
  await (await connect()).run('SELECT 1');
  other.disable();
  await (await connect()).run('CREATE TABLE t (i INTEGER)');
  expect([await queries(), await queries(second)]).toEqual([['CREATE t'], ['SELECT']]);
});

it('calls its hooks', async () => {
  const seen: unknown[] = [];
  instrumentation.setTracerProvider(recorder.tracerProvider);
  instrumentation.setConfig({
    requestHook: (_, { sql }) => seen.push(sql),
    responseHook: (_, { rows }) => seen.push(rows),
  });
  await (await connect()).run('SELECT 42');
  expect(seen).toEqual(['SELECT 42', 1]);
});

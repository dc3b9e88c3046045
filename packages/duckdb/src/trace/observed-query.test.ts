import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { RecordedMetrics } from '@planscope/internal/recorded-metrics';
import { DB_OPERATION_DURATION_BUCKETS } from '@planscope/semconv';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTracer, removeTracer } from '../driver/driver-connections.ts';
import { flush } from './drawing-backlog.ts';
import { DriverTracing } from './driver-tracing.ts';
import { DUCKDB_QUERY_CHANNEL, type DuckDBQueryMessage } from './query-channel.ts';
import { traceConnection } from './trace-connection.ts';
import { type TraceConnectionOptions, withQueryOptions } from './trace-options.ts';

const { tracerProvider } = createSpanRecorder();
const unsampled = createSpanRecorder({
  sampler: { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => 'none' },
});
let instance: DuckDBInstance;
let open: DuckDBConnection[];
beforeEach(async () => {
  instance = await DuckDBInstance.create();
  open = [];
});
afterEach(() => {
  for (const connection of open) connection.closeSync();
  instance.closeSync();
});

async function traced(options: TraceConnectionOptions): Promise<DuckDBConnection> {
  const connection = traceConnection(await instance.connect(), { warn: () => {}, ...options });
  open.push(connection);
  return connection;
}

const ways: readonly [string, TraceConnectionOptions][] = [
  ['without an SDK', {}],
  ['for queries with spans', { tracerProvider }],
  ['for unsampled queries', { tracerProvider: unsampled.tracerProvider }],
];

describe.each(ways)('the tracing channel, %s,', (_, options) => {
  const channel = tracingChannel<unknown, DuckDBQueryMessage>(DUCKDB_QUERY_CHANNEL);
  let events: [string, DuckDBQueryMessage][];
  const note = (name: string) => (message: unknown) => void events.push([name, message as DuckDBQueryMessage]);
  const subscribers = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error'),
  };
  beforeEach(() => {
    events = [];
    channel.subscribe(subscribers);
  });
  afterEach(() => channel.unsubscribe(subscribers));
  const names = (): string[] => events.map(([name]) => name);
  const WHOLE = ['start', 'end', 'asyncStart', 'asyncEnd'];

  it('has one message for all events of a query', async () => {
    const connection = await traced(options);
    await connection.run('SELECT $a + $b AS sum', { a: 1, b: 2 });
    expect(names()).toEqual(WHOLE);
    const [message] = new Set(events.map(([, event]) => event));
    expect(message).toMatchObject({ sql: 'SELECT $a + $b AS sum', method: 'run', values: 2, status: 'ok', rows: 1 });
    expect(message?.connectionId).toBe(Number(connection.clientContext.connectionId));
    expect(new Set(events.map(([, event]) => event)).size).toBe(1);
  });

  it('tells the end of a stream when its last row was fetched, and counts the rows', async () => {
    const result = await (await traced(options)).stream('SELECT i FROM range(5000) t(i)');
    await result.fetchChunk();
    expect(names()).toEqual(['start', 'end']);
    await result.getRows();
    expect(names()).toEqual(WHOLE);
    expect(events[3]?.[1]).toMatchObject({ method: 'stream', rows: 5000, status: 'ok' });
  });

  it('tells a stream that is dropped', async () => {
    const result = await (await traced(options)).stream('SELECT i FROM range(5000) t(i)');
    for await (const _ of result) break;
    expect(names()).toEqual(WHOLE);
    expect(events[3]?.[1]).toMatchObject({ rows: 2048, status: 'cancelled' });
  });

  it('has the unaltered error of the driver', async () => {
    const connection = await traced(options);
    const error = await connection.run('FROM missing').catch((thrown: unknown) => thrown);
    expect(names()).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    expect(events[2]?.[1]).toMatchObject({ status: 'error' });
    expect(events[2]?.[1].error).toBe(error);
  });

  it('has prepared statements and pending results', async () => {
    const connection = await traced(options);
    const statement = await connection.prepare('SELECT $1::INTEGER, $2::INTEGER');
    statement.bind([1, 2]);
    await statement.run();
    const pending = statement.start();
    await pending.getResult();
    expect(names()).toEqual([...WHOLE, ...WHOLE]);
    expect(events.map(([, { method }]) => method)).toEqual([...Array(4).fill('run'), ...Array(4).fill('start')]);
    expect(events[0]?.[1].values).toBe(2);
  });

  it('has each statement that the driver runs one by one', async () => {
    const result = await (await traced(options)).stream('CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1); FROM t');
    // A stream that nothing reads ends when it is collected, which could be in a later test.
    await result.getRows();
    const started = events.filter(([name]) => name === 'start').map(([, { sql }]) => sql.trim());
    expect(started).toEqual(['CREATE TABLE t (i INTEGER)', 'INSERT INTO t VALUES (1)', 'FROM t']);
  });

  it('binds stores of its subscribers while the query is sent', async () => {
    const storage = new AsyncLocalStorage<string>();
    channel.start.bindStore(storage, ({ sql }) => sql);
    const own = await instance.connect();
    const run = own.run.bind(own);
    let seen: string | undefined;
    own.run = (...call) => {
      seen = storage.getStore();
      return run(...call);
    };
    const connection = traceConnection(own, { ...options, profile: false });
    await connection.run('SELECT 42');
    channel.start.unbindStore(storage);
    connection.closeSync();
    expect(seen).toBe('SELECT 42');
  });

  it('is silent for queries that are skipped', async () => {
    const connection = await traced(options);
    await withQueryOptions({ skip: true }, () => connection.run('SELECT 42'));
    expect(events).toEqual([]);
  });
});

it('the message names the database of an instance that a traced driver opened', async () => {
  const seen: unknown[] = [];
  const channel = tracingChannel<unknown, DuckDBQueryMessage>(DUCKDB_QUERY_CHANNEL);
  const start = (message: unknown): void => void seen.push((message as DuckDBQueryMessage).database);
  channel.start.subscribe(start);
  const tracing = new DriverTracing();
  addTracer(tracing);
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run('SELECT 42');
  removeTracer(tracing);
  channel.start.unsubscribe(start);
  connection.closeSync();
  expect(seen).toEqual(['memory']);
});

describe.each(ways)('the duration of queries, %s,', (_, options) => {
  const metrics = new RecordedMetrics();
  const meterProvider = metrics.provider;

  /** The data points of the metric since the last call. */
  async function points(): Promise<readonly DataPoint<Histogram>[]> {
    const found = (await metrics.take()).find(({ descriptor }) => descriptor.name === 'db.client.operation.duration');
    expect(found?.descriptor.unit).toBe('s');
    return (found?.dataPoints ?? []) as DataPoint<Histogram>[];
  }

  it('is measured by operation and outcome, once for each query', async () => {
    const connection = await traced({ ...options, meterProvider });
    await connection.run('SELECT 42');
    await connection.run('CREATE TABLE t (i INTEGER)');
    await (await connection.stream('FROM range(5000)')).getRows();
    await connection.run('FROM missing').catch(() => {});
    await connection.run('BEGIN; COMMIT');
    await withQueryOptions({ skip: true }, () => connection.run('SELECT 43'));
    await flush();
    const found = await points();
    const counts = found.map(({ attributes, value }) => [
      attributes['db.operation.name'],
      attributes['planscope.run.status'],
      value.count,
    ]);
    expect(counts.sort()).toEqual([
      ['BATCH', 'ok', 1],
      ['CREATE', 'ok', 1],
      ['SELECT', 'error', 1],
      ['SELECT', 'ok', 2],
    ]);
    expect(found.map(({ attributes }) => attributes['db.system.name'])).toEqual(Array(4).fill('duckdb'));
    expect(found.find(({ attributes }) => 'error.type' in attributes)?.attributes['error.type']).toBe('CatalogError');
    for (const { value } of found) expect(value.buckets.boundaries).toEqual([...DB_OPERATION_DURATION_BUCKETS]);
  });

  it('is in seconds and includes the time in which a stream is read', async () => {
    const result = await (await traced({ ...options, meterProvider })).stream('FROM range(5000)');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await result.getRows();
    const [{ value } = { value: undefined }] = await points();
    expect(value?.sum).toBeGreaterThan(0.05);
    expect(value?.sum).toBeLessThan(5);
  });
});

it('buckets include those of the database conventions', () => {
  const conventions = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
  expect(DB_OPERATION_DURATION_BUCKETS).toEqual(expect.arrayContaining(conventions));
});

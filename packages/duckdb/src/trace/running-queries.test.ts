import { tracingChannel } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { RecordedMetrics } from '@planscope/internal/recorded-metrics';
import { allRunningQueries } from '@planscope/semconv';
import { createSpanRecorder } from '@planscope/testing';
import { expect, it, vi } from 'vitest';
import { addTracer, removeTracer } from '../driver/driver-connections.ts';
import { DriverTracing, type DriverTracingOptions } from './driver-tracing.ts';
import { DUCKDB_QUERY_CHANNEL, type DuckDBQueryMessage } from './query-channel.ts';
import { runningQueries } from './running-queries.ts';
import { traceConnection } from './trace-connection.ts';

const { tracerProvider } = createSpanRecorder();

async function connect(options: DriverTracingOptions): Promise<DuckDBConnection> {
  const tracing = new DriverTracing();
  tracing.configure({ warn: () => {}, ...options });
  addTracer(tracing);
  try {
    return await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  } finally {
    removeTracer(tracing);
  }
}

const MAKE_ROWS = 'CREATE TABLE numbers AS SELECT i, hash(i) AS h FROM range(4000000) t(i)';
const SLOW = 'SELECT max(md5(concat(h::VARCHAR, i))) FROM numbers';

it('a query is listed with its progress while it runs, and is a gauge after a second', async () => {
  const metrics = new RecordedMetrics();
  const connection = await connect({ progress: true, meterProvider: metrics.provider });
  await connection.run(MAKE_ROWS);
  expect(runningQueries()).toEqual([]);
  const running = connection.run(`${SLOW} WHERE i >= 0`).catch(() => {});
  await vi.waitFor(() => expect(runningQueries()[0]?.percent).toBeGreaterThan(0), { timeout: 10_000 });
  const [query] = runningQueries();
  expect(query).toMatchObject({
    engine: 'duckdb',
    summary: 'SELECT numbers',
    operation: 'SELECT',
    totalRows: expect.any(Number),
  });
  expect(query?.rows).toBeLessThanOrEqual(query?.totalRows ?? 0);
  expect(query?.percent).toBeLessThanOrEqual(100);
  expect(allRunningQueries()).toMatchObject([{ summary: 'SELECT numbers', percent: expect.any(Number) }]);

  const gauges = async (): Promise<Map<string, number>> => {
    const found = (await metrics.take()).filter(({ descriptor }) => descriptor.name.startsWith('duckdb.query.'));
    return new Map(found.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.value as number]));
  };
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_500);
  const shown = await gauges();
  vi.restoreAllMocks();
  expect(shown.get('duckdb.query.running_time')).toBeGreaterThan(1.5);
  expect(shown.get('duckdb.query.progress')).toBeGreaterThan(0);
  expect(shown.get('duckdb.query.processed_rows')).toBeGreaterThan(0);

  connection.interrupt();
  await running;
  expect(runningQueries()).toEqual([]);
  expect([...(await gauges()).values()]).toEqual([0, 0, 0]);
  connection.closeSync();
});

it('progress is unknown unless DuckDB tracks it, and no setting is changed without consent', async () => {
  const connection = await connect({ tracerProvider });
  const [row] = (await connection.runAndReadAll(`SELECT current_setting('enable_progress_bar')`)).getRows();
  expect(row).toEqual([false]);
  await connection.run(MAKE_ROWS);
  const running = connection.run(SLOW).catch(() => {});
  await sleep(100);
  expect(runningQueries()).toEqual([
    { engine: 'duckdb', summary: 'SELECT numbers', operation: 'SELECT', seconds: expect.any(Number) },
  ]);
  connection.interrupt();
  await running;
  connection.closeSync();
});

it('an instance that forbids changes of settings gives connections as before', async () => {
  const instance = await DuckDBInstance.create(':memory:', { lock_configuration: 'true' });
  const tracing = new DriverTracing();
  tracing.configure({ progress: true, tracerProvider, warn: () => {} });
  addTracer(tracing);
  const connection = await instance.connect();
  removeTracer(tracing);
  expect((await connection.runAndReadAll('SELECT 42')).getRows()).toEqual([[42]]);
  connection.closeSync();
});

it('nothing is read from a closed connection, which the driver does not check', async () => {
  const seen: unknown[] = [];
  const channel = tracingChannel<unknown, DuckDBQueryMessage>(DUCKDB_QUERY_CHANNEL);
  const start = (message: unknown): void => void seen.push((message as DuckDBQueryMessage).connectionId);
  channel.start.subscribe(start);
  const connection = await connect({});
  const bare = Object.getPrototypeOf(connection) as DuckDBConnection;
  const read = vi.spyOn(bare, 'progress', 'get');
  const stream = await connection.stream('FROM range(10000)');
  connection.closeSync();
  expect(runningQueries().map(({ percent }) => percent)).toEqual([undefined]);
  await connection.run('SELECT 1').catch(() => {});
  expect(seen).toEqual([expect.any(Number), undefined]);
  expect(read).not.toHaveBeenCalled();
  channel.start.unsubscribe(start);
  for await (const _ of stream) break;
  expect(runningQueries()).toEqual([]);
});

it('a query that the sampler drops is not listed', async () => {
  const { tracerProvider: none } = createSpanRecorder({
    sampler: { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => 'none' },
  });
  const connection = traceConnection(await (await DuckDBInstance.create()).connect(), { tracerProvider: none });
  const stream = await connection.stream('FROM range(10000)');
  expect(runningQueries()).toEqual([]);
  await stream.getRows();
  connection.closeSync();
});

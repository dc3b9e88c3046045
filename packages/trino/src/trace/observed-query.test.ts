import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type DataPoint, type Histogram, MeterProvider } from '@opentelemetry/sdk-metrics';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { RecordedMetrics } from '@planscope/internal/recorded-metrics';
import { allRunningQueries, DB_OPERATION_DURATION_BUCKETS } from '@planscope/semconv';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { broken, type Handler, page, startScriptedServer, status } from '../../test/scripted-server.ts';
import type { TraceTrinoOptions } from './trace-options.ts';
import { type TracedTrinoClient, traceTrino } from './trace-trino.ts';

const { tracerProvider } = createSpanRecorder();
const unsampled = createSpanRecorder({
  sampler: { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => 'none' },
});
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function traced(
  handlers: readonly Handler[],
  options: Partial<TraceTrinoOptions>,
): Promise<{ client: TracedTrinoClient; port: number }> {
  const { origin, close } = await startScriptedServer(handlers);
  closing.push(close);
  const client = traceTrino({ server: origin, user: 'ada', report: false, retryFor: 0, warn: () => {}, ...options });
  return { client, port: Number(new URL(origin).port) };
}

const columns = [{ name: 'n', type: 'integer' }];
const rows = page({ columns, data: [[1], [2]] });
const failed = page({
  error: { message: 'Division by zero', errorName: 'DIVISION_BY_ZERO', errorType: 'USER_ERROR', errorCode: 8 },
});

const ways: readonly [string, Partial<TraceTrinoOptions>][] = [
  ['without an SDK', {}],
  ['for queries with spans', { tracerProvider }],
  ['for unsampled queries', { tracerProvider: unsampled.tracerProvider }],
  ['for queries without a span around them', { tracerProvider, requireParentSpan: true }],
];

describe.each(ways)('the duration of queries, %s,', (_, options) => {
  const metrics = new RecordedMetrics();
  const meterProvider = metrics.provider;

  /** The data points of the metric since the last call. */
  async function points(): Promise<readonly DataPoint<Histogram>[]> {
    const all = await metrics.take();
    expect(all.map(({ scope }) => scope)).toEqual(['@planscope/trino']);
    const [found] = all;
    expect(found?.descriptor).toMatchObject({ name: 'db.client.operation.duration', unit: 's' });
    return (found?.dataPoints ?? []) as DataPoint<Histogram>[];
  }

  it('is measured by operation, server and outcome, once for each query', async () => {
    const answers = [rows, page({}), failed, page({ columns, data: [[1]] }, '/v1/next'), status(204), broken];
    const { client, port } = await traced(answers, { ...options, meterProvider });
    await client.run('SELECT n FROM t');
    await client.run('CREATE TABLE t (n INTEGER)');
    await client.run('SELECT 1 / 0').catch(() => {});
    for await (const _row of await client.query('SELECT n FROM t')) break;
    await client.run('SELECT 1').catch(() => {});
    const found = await points();
    const common = { 'db.system.name': 'trino', 'server.address': '127.0.0.1', 'server.port': port };
    const one = (attributes: object): object => ({ attributes: { ...common, ...attributes }, count: 1 });
    const [ok, error] = [{ 'planscope.run.status': 'ok' }, { 'planscope.run.status': 'error' }];
    const select = { 'db.operation.name': 'SELECT' };
    expect(found.map(({ attributes, value }) => ({ attributes, count: value.count }))).toEqual([
      one({ ...select, ...ok }),
      one({ 'db.operation.name': 'CREATE', ...ok }),
      one({ ...select, ...error, 'error.type': 'DIVISION_BY_ZERO' }),
      one({ ...select, 'planscope.run.status': 'cancelled' }),
      one({ ...select, ...error, 'error.type': 'TrinoClientError' }),
    ]);
    for (const { value } of found) expect(value.buckets.boundaries).toEqual([...DB_OPERATION_DURATION_BUCKETS]);
  });

  it('is in seconds and includes the time in which the rows are read', async () => {
    const { client } = await traced([page({ columns, data: [[1]] }, '/v1/next'), rows], { ...options, meterProvider });
    for await (const _row of await client.query('SELECT n FROM t')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [{ value } = { value: undefined }] = await points();
    expect(value?.sum).toBeGreaterThan(0.04);
    expect(value?.sum).toBeLessThan(5);
  });
});

it('a measurement is made in the context of the span, and one that fails does not fail the query', async () => {
  const contexts: Context[] = [];
  const codes: string[] = [];
  const meterProvider = new MeterProvider();
  const meter = meterProvider.getMeter('test');
  const getMeter = (): typeof meter => ({
    ...meter,
    createHistogram: () => ({
      record(_value, _attributes, context = ROOT_CONTEXT) {
        contexts.push(context);
        throw new Error('broken meter');
      },
    }),
  });
  const { client } = await traced([rows], {
    tracerProvider,
    meterProvider: { getMeter } as unknown as MeterProvider,
    warn: ({ code }) => void codes.push(code),
  });
  expect((await client.run('SELECT n FROM t')).rows).toEqual([[1], [2]]);
  expect(contexts.map((context) => trace.getSpanContext(context)?.traceId)).toEqual([expect.any(String)]);
  expect(codes).toEqual(['recording-failed']);
});

describe('a running query', () => {
  const stats = { state: 'RUNNING', progressPercentage: 37.5, processedRows: 1200, processedBytes: 48_000 };

  it('is listed with what the last page said of it, until its last row is read', async () => {
    const { client } = await traced(
      [
        page({ stats: { state: 'QUEUED', processedRows: 0 } }, '/v1/1'),
        page({ columns, data: [[1]], stats }, '/v1/2'),
        page({ columns, data: [[2]], stats: { ...stats, progressPercentage: 80 } }, '/v1/3'),
        page({ stats: { ...stats, state: 'FINISHED' } }),
      ],
      { tracerProvider },
    );
    const result = await client.query("SELECT n FROM t WHERE s = 'secret'");
    const listed = { engine: 'trino', summary: 'SELECT t', operation: 'SELECT', seconds: expect.any(Number) };
    const progress = { queryId: 'q1', state: 'RUNNING', rows: 1200, bytes: 48_000 };
    expect(allRunningQueries()).toEqual([{ ...listed, ...progress, percent: 37.5 }]);
    const seen: (number | undefined)[] = [];
    for await (const _row of result) seen.push(...allRunningQueries().map(({ percent }) => percent));
    expect(seen).toEqual([37.5, 80]);
    expect(allRunningQueries()).toEqual([]);
  });

  it('is listed before the server has it, and no more after a failure', async () => {
    const listed: unknown[] = [];
    const note: Handler = (request, response, origin) => {
      listed.push(...allRunningQueries());
      failed(request, response, origin);
    };
    const { client } = await traced([note], { tracerProvider });
    await expect(client.run('SELECT 1 / 0')).rejects.toThrow('Division by zero');
    expect(listed).toEqual([{ engine: 'trino', summary: 'SELECT', operation: 'SELECT', seconds: expect.any(Number) }]);
    expect(allRunningQueries()).toEqual([]);
    await expect(client.run('SELECT ?', { parameters: [{}] })).rejects.toMatchObject({ code: 'invalid-parameter' });
    expect(allRunningQueries()).toEqual([]);
  });

  it('is not listed if it is neither recorded nor measured', async () => {
    const listed: unknown[] = [];
    const note: Handler = (request, response, origin) => {
      listed.push(...allRunningQueries());
      rows(request, response, origin);
    };
    const { client } = await traced([note], { tracerProvider: unsampled.tracerProvider });
    await client.run('SELECT n FROM t');
    expect(listed).toEqual([]);
  });
});

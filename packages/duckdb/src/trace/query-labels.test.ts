import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { DataPoint } from '@opentelemetry/sdk-metrics';
import { RecordedMetrics } from '@planscope/internal/recorded-metrics';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { flush } from './drawing-backlog.ts';
import { traceConnection } from './trace-connection.ts';
import { type TraceConnectionOptions, withQueryOptions } from './trace-options.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const open: DuckDBConnection[] = [];
beforeEach(() => recorder.clear());
afterEach(() => {
  for (const connection of open.splice(0)) connection.closeSync();
});

async function traced(options: TraceConnectionOptions = {}): Promise<DuckDBConnection> {
  const connection = traceConnection(await (await DuckDBInstance.create()).connect(), { tracerProvider, ...options });
  open.push(connection);
  return connection;
}

async function queryAttributes(): Promise<Record<string, unknown>[]> {
  await flush();
  const spans = recorder.spans().map(({ attributes }) => attributes as Record<string, unknown>);
  return spans.filter((attributes) => attributes['planscope.span.kind'] === 'query');
}

it('labels and tenant are on the span, the inner ones over the outer ones', async () => {
  const connection = await traced();
  await withQueryOptions({ tenant: 'acme', labels: { report: 'sales', 'app.part': 'a' } }, () =>
    withQueryOptions({ labels: { report: 'stock' } }, () => connection.run('SELECT 1')),
  );
  await connection.run('SELECT 2');
  const [labelled, plain] = await queryAttributes();
  expect(labelled).toMatchObject({
    'planscope.tenant': 'acme',
    'planscope.label.report': 'stock',
    'planscope.label.app.part': 'a',
  });
  expect(Object.keys(plain ?? {}).filter((key) => /tenant|label/.test(key))).toEqual([]);
});

it('measurements have at most so many values of a label, and the same ones later', async () => {
  const metrics = new RecordedMetrics();
  const connection = await traced({ meterProvider: metrics.provider, labelLimit: 2 });
  for (const tenant of ['a', 'b', 'c', 'd', 'a']) {
    await withQueryOptions({ tenant, labels: { report: 'sales' } }, () => connection.run('SELECT 1'));
  }
  const [metric] = await metrics.take();
  const points: readonly DataPoint<unknown>[] = metric?.dataPoints ?? [];
  const counts = points.map(({ attributes, value }) => [
    attributes['planscope.tenant'],
    attributes['planscope.label.report'],
    (value as { count: number }).count,
  ]);
  expect(counts).toEqual([
    ['a', 'sales', 2],
    ['b', 'sales', 1],
    ['_OTHER', 'sales', 2],
  ]);
  const tenants = (await queryAttributes()).map((attributes) => attributes['planscope.tenant']);
  expect(tenants).toEqual(['a', 'b', 'c', 'd', 'a']);
});

it('names and values that attributes cannot have are refused', () => {
  const call = (): never => expect.fail('was called');
  expect(() => withQueryOptions({ labels: { 'No Name': 'x' } }, call)).toThrow(/a name in labels is "No Name"/);
  expect(() => withQueryOptions({ labels: { rows: 3 as never } }, call)).toThrow(
    /labels.rows is 3; it must be a string/,
  );
  expect(() => withQueryOptions({ tenant: 3 as never }, call)).toThrow(/tenant is 3/);
  expect(() => traceConnection({} as never, { labelLimit: -1 })).toThrow(/labelLimit is -1/);
});

it('entries of the baggage become fields if they are named', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const connection = await traced({
    baggageFields: ['app.user', 'app.missing'],
    customFields: { 'app.part': 'report' },
  });
  const baggage = propagation.createBaggage({ 'app.user': { value: 'ada' }, 'app.secret': { value: 'hidden' } });
  await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => connection.run('SELECT 1'));
  context.disable();
  const [attributes] = await queryAttributes();
  expect(attributes?.['trace.custom_fields_json']).toBe('{"app.part":"report","app.user":"ada"}');
  expect(JSON.stringify(attributes)).not.toContain('hidden');
});

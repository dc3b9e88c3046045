import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { sharedMetrics } from '@planscope/semconv';
import { describe, expect, it } from 'vitest';
import { createMetricsCollector, type FinishedRun, runMetrics, type TraceMetricsSummary } from '../index.ts';

const nothing = createMetricsCollector().summary();

function finished(more: Partial<FinishedRun> = {}, numbers: Partial<TraceMetricsSummary> = {}): FinishedRun {
  return {
    system: 'duckdb',
    operation: 'SELECT',
    status: 'ok',
    duration: 29,
    summary: { ...nothing, ...numbers },
    ...more,
  };
}

interface Exported {
  readonly unit: string;
  readonly points: readonly DataPoint<number | Histogram>[];
}

/** What a meter provider exports after these runs, by name. */
async function exported(...runs: FinishedRun[]): Promise<Map<string, Exported>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })],
  });
  const instruments = runMetrics(provider);
  for (const run of runs) instruments.record(run);
  await provider.forceFlush();
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  await provider.shutdown();
  return new Map(
    found.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      { unit: descriptor.unit, points: dataPoints as DataPoint<number | Histogram>[] },
    ]),
  );
}

const bytes = (value: number) => ({ value, source: 'io_log' }) as const;

describe('runMetrics', () => {
  it('adds up what runs measured, by system, operation and status', async () => {
    const run = finished(
      { warnings: [{ code: 'spilled', message: '' }], spansDropped: 3 },
      { outputRows: { value: 446, source: 'counted' }, bytesRead: bytes(10), spilledBytes: bytes(7) },
    );
    const metrics = await exported(run, run, finished({ status: 'error', errorType: 'BinderError', duration: 1 }));
    const lines = [...metrics].flatMap(([name, { points }]) =>
      points.map(
        ({ attributes, value }) =>
          `${name} ${JSON.stringify(attributes)} ${typeof value === 'number' ? value : `count=${value.count} sum=${value.sum}`}`,
      ),
    );
    expect(lines.sort().join('\n')).toMatchInlineSnapshot(`
      "db.client.operation.duration {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"error","error.type":"BinderError"} count=1 sum=0.001
      db.client.operation.duration {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"ok"} count=2 sum=0.058
      planscope.run.bytes_read {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"ok"} 20
      planscope.run.errors {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"error","error.type":"BinderError"} 1
      planscope.run.output_rows {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"ok"} 892
      planscope.run.spans_dropped {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"ok"} 6
      planscope.run.spilled_bytes {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"ok"} 14
      planscope.run.warnings {"db.system.name":"duckdb","db.operation.name":"SELECT","planscope.run.status":"ok","planscope.warning.code":"spilled"} 2"
    `);
  });

  it('adds nothing where nothing was measured', async () => {
    const metrics = await exported(finished());
    expect([...metrics.keys()]).toEqual(['db.client.operation.duration']);
  });

  it('tells an empty result from an unknown one', async () => {
    const metrics = await exported(finished({}, { outputRows: { value: 0, source: 'counted' } }));
    expect(metrics.get('planscope.run.output_rows')?.points.map(({ value }) => value)).toEqual([0]);
  });

  it('uses the registered names, units and attributes only', async () => {
    const every = Object.fromEntries(Object.keys(nothing).map((field) => [field, bytes(1)]));
    const metrics = await exported(
      finished(
        { status: 'error', errorType: 'E', warnings: [{ code: 'a', message: '' }], spansDropped: 1 },
        { ...every, warningCountsByCode: {} },
      ),
    );
    const registered = sharedMetrics.filter(({ setBy }) => setBy.includes('metrics-collector'));
    expect([...metrics.keys()].sort()).toEqual(registered.map(({ name }) => name).sort());
    for (const { name, unit, attributes } of registered) {
      expect(metrics.get(name)?.unit).toBe(unit);
      const keys = metrics.get(name)?.points.flatMap((point) => Object.keys(point.attributes)) ?? [];
      expect(keys.filter((key) => !attributes.includes(key))).toEqual([]);
    }
  });

  it('measures durations in seconds, in the buckets of the database conventions', async () => {
    const [point] = (await exported(finished({ duration: 29 }))).get('db.client.operation.duration')?.points ?? [];
    const histogram = point?.value as Histogram | undefined;
    expect(histogram?.sum).toBeCloseTo(0.029);
    expect(histogram?.buckets.boundaries.slice(0, 9)).toEqual([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]);
  });

  it('works without a meter provider', () => {
    expect(() => runMetrics().record(finished())).not.toThrow();
  });
});

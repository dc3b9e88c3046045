import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine, type Engine, type ExecutionSpec } from '../index.ts';
import { operationName } from './run-statistics.ts';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
let provider: MeterProvider;
let memory: MemoryStore;
let engine: Engine;

beforeEach(async () => {
  exporter.reset();
  provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  memory = new MemoryStore();
  engine = await createEngine({
    tracing: { preset: 'production-lean' },
    environment: {},
    meterProvider: provider,
    stores: createStoreRegistry({ stores: [memory] }),
    history: { maxRuns: 3 },
  });
});

afterEach(async () => {
  await engine.close();
  await provider.shutdown();
});

const spec = (sql: string, ...outputs: Partial<ExecutionSpec['outputs'][number]>[]): ExecutionSpec => ({
  version: 1,
  views: [{ name: 'v', sql }],
  outputs: (outputs.length === 0 ? [{}] : outputs).map((output, index) => ({
    name: `o${index}`,
    from: 'v',
    ...output,
  })),
});

async function points(): Promise<string[]> {
  await provider.forceFlush();
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return metrics
    .flatMap(({ descriptor, dataPoints }) =>
      (dataPoints as DataPoint<number | Histogram>[]).map(({ attributes, value }) => {
        const labels = Object.entries(attributes).map(
          ([key, label]) => `${key.split('.').slice(-2).join('.')}=${label}`,
        );
        return `${descriptor.name} ${labels.join(' ')} ${typeof value === 'number' ? value : `${value.count} times`}`;
      }),
    )
    .sort();
}

describe('the metrics of an engine', () => {
  it('count every ended run, with any status', async () => {
    await engine.run(spec('SELECT range AS n FROM range(100)'));
    await engine.run(spec('SELECT range AS n FROM range(10)'));
    const { outputs } = await engine.run(
      spec('SELECT 1 AS n', { location: 'memory:///n.csv' }, { location: 'memory:///m.csv' }),
    );
    await expect(engine.run(spec(`SELECT CAST(range || 'x' AS INT) AS n FROM range(3)`))).rejects.toThrow();
    await expect(engine.run({} as ExecutionSpec)).rejects.toThrow();
    const { batches } = await engine.stream({ sql: 'SELECT range AS n FROM range(1_000_000)' });
    for await (const _ of batches) break;
    const bytes = outputs.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0);
    const all = await points();
    const counted = all.filter((point) => !/bytes_read|bytes_written|spilled/.test(point));
    expect(counted.join('\n')).toMatchInlineSnapshot(`
      "db.client.operation.duration system.name=duckdb operation.name=BATCH COPY run.status=ok 1 times
      db.client.operation.duration system.name=duckdb operation.name=SELECT run.status=cancelled 1 times
      db.client.operation.duration system.name=duckdb operation.name=SELECT run.status=error error.type=ConversionError 1 times
      db.client.operation.duration system.name=duckdb operation.name=SELECT run.status=ok 2 times
      db.client.operation.duration system.name=duckdb operation.name=UNKNOWN run.status=error error.type=SpecError 1 times
      planscope.run.errors system.name=duckdb operation.name=SELECT run.status=error error.type=ConversionError 1
      planscope.run.errors system.name=duckdb operation.name=UNKNOWN run.status=error error.type=SpecError 1
      planscope.run.output_rows system.name=duckdb operation.name=BATCH COPY run.status=ok 2
      planscope.run.output_rows system.name=duckdb operation.name=SELECT run.status=cancelled 65536
      planscope.run.output_rows system.name=duckdb operation.name=SELECT run.status=error 0
      planscope.run.output_rows system.name=duckdb operation.name=SELECT run.status=ok 110
      planscope.run.spans_dropped system.name=duckdb operation.name=BATCH COPY run.status=ok 0
      planscope.run.spans_dropped system.name=duckdb operation.name=SELECT run.status=cancelled 0
      planscope.run.spans_dropped system.name=duckdb operation.name=SELECT run.status=error 0
      planscope.run.spans_dropped system.name=duckdb operation.name=SELECT run.status=ok 0
      planscope.run.spans_dropped system.name=duckdb operation.name=UNKNOWN run.status=error 0"
    `);
    const stored = all.filter((point) => point.includes('store_bytes_written'));
    expect(stored).toEqual([
      `planscope.run.store_bytes_written system.name=duckdb operation.name=BATCH COPY run.status=ok ${bytes}`,
    ]);
  });

  it('that fail are reported once and do not affect the runs', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const broken = new MeterProvider();
    vi.spyOn(broken, 'getMeter').mockReturnValue({
      createHistogram: () => ({
        record: () => {
          throw new TypeError('no room');
        },
      }),
      createCounter: () => ({ add: () => {} }),
    } as never);
    const other = await createEngine({ environment: {}, meterProvider: broken });
    try {
      for (const _ of [1, 2]) expect((await other.run(spec('SELECT 1 AS n'))).status).toBe('ok');
      expect(warn.mock.calls).toEqual([[expect.stringContaining('(TypeError)'), { code: 'PLANSCOPE_METRICS' }]]);
    } finally {
      await other.close();
      vi.restoreAllMocks();
    }
  });
});

describe('the history of an engine', () => {
  it('has the last runs, and the number and durations of the runs of each query', async () => {
    await engine.run(spec('SELECT 1 AS forgotten'));
    const { planFingerprint, traceId } = await engine.run(spec('SELECT 1 AS twice'));
    await engine.run(spec('SELECT 1 AS twice'));
    await engine.run(spec('SELECT count(*) AS once FROM range(3_000_000) a JOIN range(3_000_000) b USING (range)'));
    const byRuns = engine.history.fingerprints({ orderBy: 'runs' });
    expect(byRuns.map(({ runs }) => runs)).toEqual([2, 1]);
    expect(byRuns[0]).toMatchObject({ fingerprint: planFingerprint, errors: 0 });
    expect(engine.history.entries()[0]?.traceId).toBe(traceId);
    const [slowest] = engine.history.fingerprints({ orderBy: 'slowest', limit: 1 });
    expect(slowest?.fingerprint).toBe(byRuns[1]?.fingerprint);
    expect(slowest?.p50).toBe(slowest?.slowest.duration);
  });

  it('refuses a size of 0', async () => {
    await expect(createEngine({ environment: {}, history: { maxRuns: 0 } })).rejects.toThrow(RangeError);
  });
});

it.each([
  [[{}], 'SELECT'],
  [[{ location: 'a.csv' }], 'COPY'],
  [[{}, {}], 'BATCH SELECT'],
  [[{ location: 'a.csv' }, {}], 'BATCH'],
  [[], 'UNKNOWN'],
])('names the operation of %j %s', (outputs, name) => {
  expect(operationName(outputs)).toBe(name);
});

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { RunWarning } from '@planscope/plan';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Drawing, DrawingBacklog, flush } from './drawing-backlog.ts';
import { traceConnection } from './trace-connection.ts';

let instance: DuckDBInstance;
beforeEach(async () => {
  instance = await DuckDBInstance.create();
});
afterEach(() => instance.closeSync());

/** A plain SDK provider. */
function provider(Processor: typeof SimpleSpanProcessor | typeof BatchSpanProcessor) {
  const exporter = new InMemorySpanExporter();
  return { exporter, tracerProvider: new BasicTracerProvider({ spanProcessors: [new Processor(exporter)] }) };
}

const traced = async (options: object): Promise<DuckDBConnection> => traceConnection(await instance.connect(), options);

describe('a query is drawn', () => {
  it('after its caller has continued, with its original times', async () => {
    const { exporter, tracerProvider } = provider(SimpleSpanProcessor);
    const connection = await traced({ tracerProvider });
    await connection.run('SELECT 1');
    await flush();
    exporter.reset();
    const before = Date.now();
    await connection.run('SELECT sum(range) FROM range(1000000)');
    const after = Date.now();
    expect(exporter.getFinishedSpans().length).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await flush();
    const query = exporter
      .getFinishedSpans()
      .filter(({ attributes }) => attributes['planscope.span.kind'] === 'query')
      .at(-1);
    const milliseconds = ([seconds, nanoseconds]: [number, number]): number => seconds * 1000 + nanoseconds / 1e6;
    expect(milliseconds(query?.startTime ?? [0, 0])).toBeGreaterThanOrEqual(before - 1);
    expect(milliseconds(query?.endTime ?? [0, 0])).toBeLessThanOrEqual(after + 1);
    connection.closeSync();
  });

  it('in the order in which the queries ended', async () => {
    const { exporter, tracerProvider } = provider(SimpleSpanProcessor);
    const connection = await traced({ tracerProvider, profile: false });
    for (const name of ['a', 'b', 'c']) await connection.run(`CREATE TABLE ${name} AS SELECT 1`);
    await flush();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['CREATE a', 'CREATE b', 'CREATE c']);
    connection.closeSync();
  });

  it.each(['forceFlush', 'shutdown'] as const)('before %s of any SDK, called right after it', async (method) => {
    const { exporter, tracerProvider } = provider(BatchSpanProcessor);
    const connection = await traced({ tracerProvider });
    await connection.run('SELECT 1');
    const exported: number[] = [];
    exporter.shutdown = async () => void exported.push(exporter.getFinishedSpans().length);
    await tracerProvider[method]();
    exported.push(exporter.getFinishedSpans().length);
    expect(exported[0]).toBe(6);
    connection.closeSync();
  });

  it('when its connection closes', async () => {
    const { exporter, tracerProvider } = provider(SimpleSpanProcessor);
    const connection = await traced({ tracerProvider });
    await connection.run('SELECT 1');
    connection.closeSync();
    expect(exporter.getFinishedSpans().length).toBe(6);
  });
});

describe('with detail.slowerThan', () => {
  const slow = 'SELECT sum(a.range * b.range) FROM range(3000) a, range(3000) b';

  it('a faster query has one span with its totals', async () => {
    const recorder = createSpanRecorder();
    const connection = await traced({ tracerProvider: recorder.tracerProvider, detail: { slowerThan: 10_000 } });
    await connection.run(slow);
    expect(recorder.spans().map(({ name }) => name)).toEqual(['SELECT']);
    expect(recorder.spans()[0]?.attributes).toMatchObject({
      'planscope.detail': 'summary',
      'db.response.returned_rows': 1,
      'planscope.metrics.cumulative_compute': expect.any(Number),
      'planscope.metrics.peak_memory': expect.any(Number),
    });
    expect(recorder.spans()[0]?.attributes['planscope.metrics.cumulative_compute']).toBeGreaterThan(1000);
    connection.closeSync();
  });

  it('a query that is slow, fails or has a warning keeps all spans', async () => {
    const recorder = createSpanRecorder();
    const warnings: RunWarning[] = [];
    const connection = await traced({
      tracerProvider: recorder.tracerProvider,
      detail: { slowerThan: 1 },
      warn: (warning: RunWarning) => warnings.push(warning),
      warnings: { materializedRows: 1 },
    });
    await connection.run(slow);
    expect(recorder.spans().length).toBeGreaterThan(5);
    recorder.clear();
    const fast = await traced({
      tracerProvider: recorder.tracerProvider,
      detail: { slowerThan: 10_000 },
      warnings: { materializedRows: 1 },
      warn: () => {},
    });
    await fast.run('SELECT 1');
    expect(recorder.spans().length).toBe(6);
    recorder.clear();
    await expect(fast.run('FROM nowhere')).rejects.toThrow();
    expect(recorder.spans()[0]?.attributes['planscope.detail']).toBeUndefined();
    connection.closeSync();
    fast.closeSync();
  });

  it.each([[-1], [Number.NaN], ['5' as never]])('refuses detail.slowerThan %s', async (slowerThan) => {
    const bare = await instance.connect();
    expect(() => traceConnection(bare, { detail: { slowerThan } })).toThrow('detail.slowerThan is');
  });
});

describe('the backlog', () => {
  const drawing = (done: string[], name: string, size: number, isReady = true): Drawing => ({
    size,
    ready: () => isReady,
    draw: () => void done.push(name),
    drawReduced: () => void done.push(`${name} reduced`),
  });

  it('is bounded: a query beyond its limits is drawn at once, without its raw texts', async () => {
    const backlog = new DrawingBacklog();
    const done: string[] = [];
    backlog.add(drawing(done, 'large', 60 * 1024 * 1024));
    backlog.add(drawing(done, 'more', 10 * 1024 * 1024));
    expect(done).toEqual(['more reduced']);
    await backlog.flush();
    expect(done).toEqual(['more reduced', 'large']);
    const many: string[] = [];
    for (let index = 0; index < 5_003; index++) backlog.add(drawing(many, String(index), 1));
    expect(many).toEqual(['5000 reduced', '5001 reduced', '5002 reduced']);
    await backlog.flush();
    expect(many.length).toBe(5_003);
  });

  it('leaves the next turns of the event loop to the program, which reads its rows', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate'] });
    const backlog = new DrawingBacklog();
    const done: string[] = [];
    backlog.add(drawing(done, 'query', 1));
    await vi.advanceTimersByTimeAsync(3);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toEqual(['query']);
    vi.useRealTimers();
  });

  it('can be flushed under load: flush does not wait for queries that end after the call', async () => {
    const backlog = new DrawingBacklog();
    const done: string[] = [];
    let isLoaded = true;
    // Each query that is drawn is followed by another one.
    const next = (name: number): Drawing => ({
      ...drawing(done, String(name), 1),
      draw: () => {
        done.push(String(name));
        if (isLoaded && name < 2_000) backlog.add(next(name + 1));
      },
    });
    backlog.add(next(0));
    await backlog.flush();
    isLoaded = false;
    expect(done.length).toBeLessThan(2_000);
  });

  it('delays a query that is not ready, and draws it at the end', async () => {
    const backlog = new DrawingBacklog();
    const done: string[] = [];
    const late = { ...drawing(done, 'late', 1, false) };
    backlog.add(late);
    backlog.add(drawing(done, 'other', 1));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(done).toEqual(['other']);
    backlog.drawAll();
    expect(done).toEqual(['other', 'late']);
  });
});

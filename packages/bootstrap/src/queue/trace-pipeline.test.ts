import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDeliveries,
  type Delivery,
  delivered,
  inDoubt,
  lost,
  type RemoteExporter,
  type TraceExporter,
} from '../exporter/trace-exporter.ts';
import type { PipelinePolicy } from './export-policy.ts';
import { TracePipeline } from './trace-pipeline.ts';

const policy: PipelinePolicy = {
  maxQueueSize: 2048,
  maxExportBatchSize: 512,
  scheduleDelayMillis: 60_000,
  exportTimeoutMillis: 30_000,
  slowQuery: { maxHeldSpans: 100 },
};

interface Recorded extends RemoteExporter {
  readonly batches: string[][];
  /** Lets the batch that is on its way arrive. */
  arrive(): void;
  mostAtOnce: number;
}

/** An exporter whose batches arrive when the test says so, or after a turn of the event loop. */
function recorder(held = false): Recorded {
  let atOnce = 0;
  let release: (() => void) | undefined;
  const exporter: Recorded = {
    kind: 'remote',
    name: 'test',
    destination: 'memory',
    batches: [],
    mostAtOnce: 0,
    arrive: () => release?.(),
    close() {},
    async deliver(spans, batch) {
      const { signal } = batch;
      batch.mayHaveArrived = true;
      atOnce += 1;
      exporter.mostAtOnce = Math.max(exporter.mostAtOnce, atOnce);
      await new Promise<void>((resolve) => {
        release = resolve;
        signal.onabort = () => resolve();
        if (!held) setImmediate(resolve);
      });
      atOnce -= 1;
      if (signal.aborted) return inDoubt(spans.length);
      exporter.batches.push(spans.map(({ name }) => name));
      return delivered(spans.length);
    },
  };
  return exporter;
}

function pipelineFor(exporters: readonly TraceExporter[], changes: Partial<PipelinePolicy> = {}) {
  const pipeline = new TracePipeline(exporters, { ...policy, ...changes }, 1_000);
  const tracer = new BasicTracerProvider({ spanProcessors: [pipeline] }).getTracer('test');
  const make = (count: number, prefix = 'span'): void => {
    for (let index = 0; index < count; index += 1) tracer.startSpan(`${prefix} ${index}`).end();
  };
  return { pipeline, make };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('10,000 spans made in one turn arrive once each, in order, when the queue holds them', async () => {
  const exporter = recorder();
  const { pipeline, make } = pipelineFor([exporter], { maxQueueSize: 10_000 });
  make(10_000);
  expect(await pipeline.flush(10_000)).toEqual({ complete: true, pending: 0 });
  expect(exporter.batches.flat()).toEqual(Array.from({ length: 10_000 }, (_, index) => `span ${index}`));
  expect(exporter.batches.every((batch) => batch.length <= 512)).toBe(true);
  expect(exporter.mostAtOnce).toBe(1);
});

test('what a full queue has no room for is counted, and the oldest spans are the ones that arrive', async () => {
  const exporter = recorder();
  const { pipeline, make } = pipelineFor([exporter], { maxQueueSize: 1_000, maxExportBatchSize: 100 });
  make(2_500);
  await pipeline.shutdown();
  expect(pipeline.stats()[0]).toMatchObject({
    made: 2_500,
    exported: 1_000,
    dropped: 1_500,
    droppedByReason: { queue_full: 1_500 },
    pending: 0,
  });
  expect(exporter.batches.flat().at(-1)).toBe('span 999');
});

test('a flush waits for the batch that is already on its way', async () => {
  const exporter = recorder(true);
  const { pipeline, make } = pipelineFor([exporter], { maxExportBatchSize: 10 });
  make(10);
  await turn();
  await turn();
  let flushed = false;
  const flush = pipeline.flush(10_000).then((outcome) => {
    flushed = true;
    return outcome;
  });
  for (let index = 0; index < 5; index += 1) await turn();
  expect(flushed).toBe(false);
  exporter.arrive();
  expect(await flush).toEqual({ complete: true, pending: 0 });
  expect(exporter.batches).toHaveLength(1);
});

test('a flush covers what had ended when it was asked for, not what ends meanwhile', async () => {
  const exporter = recorder(true);
  const { pipeline, make } = pipelineFor([exporter]);
  make(3, 'early');
  const flush = pipeline.flush(10_000);
  make(2, 'late');
  exporter.arrive();
  expect(await flush).toEqual({ complete: true, pending: 2 });
  expect(exporter.batches).toEqual([['early 0', 'early 1', 'early 2']]);
  await pipeline.shutdown(0);
});

test('a flush ends at its deadline, and what waits is kept', async () => {
  const exporter = recorder(true);
  const { pipeline, make } = pipelineFor([exporter], { maxExportBatchSize: 2 });
  make(5);
  expect(await pipeline.flush(20)).toEqual({ complete: false, pending: 5 });
  exporter.arrive();
  await pipeline.shutdown(20);
});

test('a shutdown ends at its deadline and counts what it gives up', async () => {
  const exporter = recorder(true);
  const { pipeline, make } = pipelineFor([exporter], { maxExportBatchSize: 2 });
  make(5);
  const before = performance.now();
  await pipeline.shutdown(30);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(pipeline.stats()[0]).toMatchObject({
    made: 5,
    exported: 0,
    dropped: 3,
    droppedByReason: { deadline: 3 },
    unknown: 2,
    pending: 0,
  });
});

test('a batch that is full goes out without a flush, a partial one after the delay', async () => {
  const exporter = recorder();
  const { pipeline, make } = pipelineFor([exporter], { maxExportBatchSize: 4, scheduleDelayMillis: 300 });
  make(6);
  await expect.poll(() => exporter.batches.length, { interval: 5 }).toBe(1);
  expect(pipeline.stats()[0]?.pending).toBe(2);
  await expect.poll(() => exporter.batches.length).toBe(2);
});

test('ending a span never encodes or sends in the same turn', () => {
  const exporter = recorder();
  const { pipeline, make } = pipelineFor([exporter], { maxExportBatchSize: 2 });
  make(50);
  expect(exporter.mostAtOnce).toBe(0);
  return pipeline.shutdown();
});

test('a destination that stands still holds up no other', async () => {
  const slow = recorder(true);
  const quick = recorder();
  const { pipeline, make } = pipelineFor([slow, quick]);
  make(3);
  await pipeline.flush(20);
  expect(pipeline.stats().map(({ exported }) => exported)).toEqual([0, 3]);
  await pipeline.shutdown(20);
});

test('an exporter that rejects against its contract costs its batch, not the next one', async () => {
  const exporter = recorder();
  const deliver = exporter.deliver;
  let calls = 0;
  exporter.deliver = async (spans, batch) => {
    calls += 1;
    if (calls === 1) throw new Error('a fault');
    return deliver(spans, batch);
  };
  const { pipeline, make } = pipelineFor([exporter], { maxExportBatchSize: 2 });
  make(4);
  await pipeline.shutdown();
  expect(pipeline.stats()[0]).toMatchObject({ made: 4, exported: 2, unknown: 2, pending: 0 });
});

test('an immediate exporter that throws against its contract costs its batch, not the next one', async () => {
  const written: ReadableSpan[] = [];
  let calls = 0;
  const file: TraceExporter = {
    kind: 'immediate',
    name: 'file',
    destination: 'memory',
    close() {},
    deliver(spans) {
      calls += 1;
      if (calls === 1) throw new Error('a fault');
      written.push(...spans);
      return delivered(spans.length);
    },
  };
  const { pipeline, make } = pipelineFor([file], { maxExportBatchSize: 2 });
  make(4);
  await pipeline.shutdown();
  expect(written).toHaveLength(2);
  expect(pipeline.stats()[0]).toMatchObject({ made: 4, exported: 2, unknown: 2, pending: 0 });
});

test('at the exit of the process an immediate exporter gets everything and a remote one is counted', async () => {
  const written: ReadableSpan[] = [];
  const file: TraceExporter = {
    kind: 'immediate',
    name: 'file',
    destination: 'memory',
    close() {},
    deliver(spans) {
      written.push(...spans);
      return delivered(spans.length);
    },
  };
  const remote = recorder(true);
  const { pipeline, make } = pipelineFor([file, remote], { maxExportBatchSize: 2 });
  make(5);
  void pipeline.flush(10_000);
  pipeline.finishAtExit();
  expect(written).toHaveLength(5);
  const [ofFile, ofRemote] = pipeline.stats();
  expect(ofFile).toMatchObject({ made: 5, exported: 5, pending: 0 });
  expect(ofRemote).toMatchObject({ made: 5, droppedByReason: { process_exit: 3 }, unknown: 2, pending: 0 });
  await pipeline.shutdown(0);
});

test('every span is counted once, whatever the exporter answers and whenever one flushes', async () => {
  const answers: ((spans: number) => Delivery)[] = [
    delivered,
    inDoubt,
    (spans) => lost(spans, 'rejected'),
    (spans) => addDeliveries(delivered(spans - 1), lost(1, 'too_large')),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.record({ spans: fc.nat(12), flush: fc.boolean(), answer: fc.nat(3) }), { maxLength: 8 }),
      async (maxQueueSize, batch, steps) => {
        let answer: (spans: number) => Delivery = delivered;
        const exporter: RemoteExporter = {
          kind: 'remote',
          name: 'test',
          destination: 'memory',
          close() {},
          deliver: async (spans) => answer(spans.length),
        };
        const { pipeline, make } = pipelineFor([exporter], {
          maxQueueSize,
          maxExportBatchSize: Math.min(batch, maxQueueSize),
        });
        let made = 0;
        for (const step of steps) {
          answer = answers[step.answer] ?? delivered;
          make(step.spans);
          made += step.spans;
          if (step.flush) expect((await pipeline.flush(5_000)).complete).toBe(true);
        }
        await pipeline.shutdown(5_000);
        const [stats] = pipeline.stats();
        expect(stats).toMatchObject({ made, pending: 0 });
        expect((stats?.exported ?? 0) + (stats?.dropped ?? 0) + (stats?.unknown ?? 0)).toBe(made);
      },
    ),
    { numRuns: 60 },
  );
});

import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { ATTR_SPAN_KIND, ATTR_WARNING_COUNT } from '@planscope/semconv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { delivered, type ImmediateExporter } from '../exporter/trace-exporter.ts';
import type { PipelinePolicy } from '../queue/export-policy.ts';
import { TracePipeline } from '../queue/trace-pipeline.ts';

const THRESHOLD_MILLIS = 1_000;
const START = new Date('2026-01-15T10:30:00Z').getTime();

const policy: PipelinePolicy = {
  maxQueueSize: 2048,
  maxExportBatchSize: 512,
  scheduleDelayMillis: 60_000,
  exportTimeoutMillis: 30_000,
  slowQuery: { thresholdMillis: THRESHOLD_MILLIS, maxHeldSpans: 100 },
};

function pipelineFor(changes: Partial<PipelinePolicy> = {}) {
  const exported: string[] = [];
  const memory: ImmediateExporter = {
    kind: 'immediate',
    name: 'memory',
    destination: 'memory',
    close() {},
    deliver(spans) {
      exported.push(...spans.map(({ name }) => name));
      return delivered(spans.length);
    },
  };
  const pipeline = new TracePipeline([memory], { ...policy, ...changes }, 1_000);
  const tracer = new BasicTracerProvider({ spanProcessors: [pipeline] }).getTracer('test');
  return {
    pipeline,
    exported,
    /** What has been let through by now; a partial batch waits for a flush. */
    async sent(): Promise<string[]> {
      await pipeline.flush(1_000);
      return exported;
    },
    /** Starts a span, of this kind where it is one of Planscope's. */
    start(name: string, kind?: string, parent?: Span, startTime: number = START): Span {
      const context: Context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
      return tracer.startSpan(name, { startTime, ...(kind && { attributes: { [ATTR_SPAN_KIND]: kind } }) }, context);
    },
    stats: () => pipeline.stats()[0],
  };
}

const after = (millis: number): number => START + millis;

test.each(['run', 'query'])('a %s that is fast leaves nothing, and every span of it is counted', async (kind) => {
  const { start, sent, stats } = pipelineFor();
  const root = start('root', kind);
  const operator = start('operator', 'operator', root);
  start('of the program', undefined, operator).end(after(20));
  operator.end(after(50));
  root.end(after(THRESHOLD_MILLIS));
  expect(await sent()).toEqual([]);
  expect(stats()).toMatchObject({ made: 3, exported: 0, droppedByReason: { fast_query: 3 }, pending: 0 });
});

test.each<[string, (root: Span) => void]>([
  ['is slow', (root) => root.end(after(THRESHOLD_MILLIS + 1))],
  ['failed', (root) => root.setStatus({ code: SpanStatusCode.ERROR }).end(after(10))],
  ['raised a warning', (root) => root.setAttribute(ATTR_WARNING_COUNT, 1).end(after(10))],
])('a query that %s is exported whole', async (_, end) => {
  const { start, sent, stats } = pipelineFor();
  const root = start('root', 'run');
  start('operator', 'operator', root).end(after(5));
  expect(stats()).toMatchObject({ made: 1, pending: 1 });
  end(root);
  expect(await sent()).toEqual(['operator', 'root']);
  expect(stats()).toMatchObject({ made: 2, exported: 2, dropped: 0, pending: 0 });
});

test('a warning count of zero is no warning', async () => {
  const { start, sent } = pipelineFor();
  start('root', 'run').setAttribute(ATTR_WARNING_COUNT, 0).end(after(10));
  expect(await sent()).toEqual([]);
});

test('children that begin and end after their query follow it', async () => {
  const { start, sent, stats } = pipelineFor();
  const slow = start('slow', 'run');
  const fast = start('fast', 'run');
  const early = start('begun before', 'operator', slow);
  slow.end(after(2_000));
  fast.end(after(1));
  early.end(after(2_100));
  const late = start('begun after', 'storage', slow);
  start('below it', 'storage', late).end(after(2_200));
  late.end(after(2_300));
  start('late and dropped', 'operator', fast).end(after(2_300));
  expect(await sent()).toEqual(['slow', 'begun before', 'below it', 'begun after']);
  expect(stats()).toMatchObject({ made: 6, exported: 4, droppedByReason: { fast_query: 2 } });
});

test('a query within a run shares its fate; two queries under a span of the program do not', async () => {
  const { start, sent } = pipelineFor();
  const request = start('request');
  const slow = start('slow run', 'run', request);
  start('fast query within', 'query', slow).end(after(1));
  slow.end(after(3_000));
  start('fast query', 'query', request).end(after(1));
  request.end(after(3_000));
  expect(await sent()).toEqual(['fast query within', 'slow run', 'request']);
});

test('once a running query is slow, its spans go out and are no longer held', async () => {
  const { start, sent, pipeline } = pipelineFor();
  const root = start('root', 'run');
  start('first', 'operator', root).end(after(500));
  expect(pipeline.stats()[0]?.pending).toBe(1);
  start('second', 'operator', root).end(after(1_500));
  expect(await sent()).toEqual(['first', 'second']);
  root.end(after(1_600));
  expect(await sent()).toEqual(['first', 'second', 'root']);
});

test('what is held is bounded: a query that finds no room is given up whole, the others stay', async () => {
  const { start, sent, stats } = pipelineFor({ slowQuery: { thresholdMillis: THRESHOLD_MILLIS, maxHeldSpans: 3 } });
  const first = start('first', 'run');
  const second = start('second', 'run');
  for (const name of ['a', 'b']) start(name, 'operator', first).end(after(1));
  for (const name of ['c', 'd']) start(name, 'operator', second).end(after(1));
  expect(stats()).toMatchObject({ made: 4, droppedByReason: { held_full: 2 }, pending: 2 });
  start('e', 'operator', second).end(after(1));
  second.end(after(5_000));
  first.end(after(5_000));
  expect(await sent()).toEqual(['a', 'b', 'first']);
  expect(stats()).toMatchObject({ made: 7, exported: 3, droppedByReason: { held_full: 4 }, pending: 0 });
});

test('a queue that has no room for a whole query takes none of it', async () => {
  const { start, sent, stats } = pipelineFor({ maxQueueSize: 4, maxExportBatchSize: 4 });
  for (const run of ['first', 'second']) {
    const root = start(run, 'run');
    for (const name of ['a', 'b']) start(`${run} ${name}`, 'operator', root).end(after(1));
    root.end(after(5_000));
  }
  expect(await sent()).toEqual(['first a', 'first b', 'first']);
  expect(stats()).toMatchObject({ made: 6, exported: 3, droppedByReason: { queue_full: 3 } });
});

test('a flush says what it had to leave, and lets go what is slow by the clock', async () => {
  const { start, pipeline, exported } = pipelineFor();
  const young = start('young', 'run', undefined, Date.now());
  const old = start('old', 'run', undefined, Date.now() - 60_000);
  start('of young', 'operator', young, Date.now()).end();
  start('of old', 'operator', old, Date.now() - 60_000).end(Date.now() - 59_900);
  expect(await pipeline.flush(1_000)).toEqual({ complete: false, pending: 1 });
  expect(exported).toEqual(['of old']);
});

test('at shutdown a query that is still running is exported if it is slow by now, else dropped whole', async () => {
  const { start, pipeline, exported, stats } = pipelineFor();
  const young = start('young', 'run', undefined, Date.now());
  const old = start('old', 'run', undefined, Date.now() - 60_000);
  start('of young', 'operator', young, Date.now()).end();
  start('of old', 'operator', old, Date.now() - 60_000).end(Date.now() - 59_900);
  await pipeline.shutdown();
  young.end();
  expect(exported).toEqual(['of old']);
  expect(stats()).toMatchObject({ made: 3, droppedByReason: { undecided: 1, after_shutdown: 1 }, pending: 0 });
});

test('of any tree of queries each is exported whole or not at all, and every span is counted', async () => {
  const spans = fc.array(fc.record({ parent: fc.nat(100), kind: fc.constantFrom('run', 'operator', undefined) }), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(spans, fc.array(fc.nat(2_000), { minLength: 40, maxLength: 40 }), async (tree, durations) => {
      const { start, pipeline, exported, stats } = pipelineFor({
        slowQuery: { thresholdMillis: THRESHOLD_MILLIS, maxHeldSpans: 10 },
      });
      const made: { readonly span: Span; readonly query: number | undefined }[] = [];
      for (const [index, { parent, kind }] of tree.entries()) {
        const above = made[parent];
        const span = start(String(index), kind, above?.span);
        made.push({ span, query: above?.query ?? (kind === 'run' ? index : undefined) });
      }
      // Parents end after their children, as spans of Planscope do, so a child never outlasts its query.
      for (const [index, { span, query }] of [...made.entries()].reverse()) {
        const longest = query === undefined ? 2_000 : (durations[query] ?? 0);
        span.end(after(query === index ? longest : Math.min(longest, durations[index] ?? 0)));
      }
      await pipeline.shutdown();
      const out = new Set(exported.map(Number));
      const counted = stats();
      for (const [index, { query }] of made.entries()) {
        expect(out.has(index)).toBe(query === undefined || out.has(query));
        if (query === undefined) continue;
        const slow = (durations[query] ?? 0) > THRESHOLD_MILLIS;
        if (!slow || !counted?.droppedByReason.held_full) expect(out.has(index)).toBe(slow);
      }
      expect(counted).toMatchObject({ made: tree.length, exported: out.size, pending: 0 });
      expect(counted?.dropped).toBe(tree.length - out.size);
    }),
    { numRuns: 100 },
  );
});

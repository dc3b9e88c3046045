import { type Context, ROOT_CONTEXT, type Span, TraceFlags, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { beforeEach, expect, it } from 'vitest';
import { type Run, RunCollector } from '../index.ts';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer('test');
beforeEach(() => exporter.reset());

const below = (span: Span): Context => trace.setSpan(ROOT_CONTEXT, span);

/** @param kind of Planscope; undefined for a span of another library */
function start(kind: string | undefined, parent: Context = ROOT_CONTEXT): Span {
  const attributes = kind === undefined ? {} : { 'planscope.span.kind': kind, 'planscope.timing.basis': 'measured' };
  return tracer.startSpan(kind ?? 'other', { attributes }, parent);
}

/** Ends spans, each in a batch of its own. */
function endInBatches(collector: RunCollector, ...spans: readonly Span[]): Run[] {
  return spans.flatMap((span) => {
    exporter.reset();
    span.end();
    return collector.add(exporter.getFinishedSpans());
  });
}

it('returns each query when it has ended, complete, while the request around it goes on', () => {
  const collector = new RunCollector();
  const request = start(undefined);
  for (let index = 0; index < 2; index += 1) {
    const query = start('query', below(request));
    const join = start('operator', below(query));
    const scan = start('operator', below(join));
    const [run, ...more] = endInBatches(collector, scan, join, query);
    expect(more).toEqual([]);
    expect(run).toMatchObject({ kind: 'query', partial: false, gaps: [], callers: [] });
    expect(run?.spans.map(({ name }) => name)).toEqual(['query', 'operator', 'operator']);
    expect(collector.waiting).toBe(0);
  }
  expect(endInBatches(collector, request)).toEqual([]);
});

it('tells the queries of one trace apart, and returns one within a run by itself', () => {
  const collector = new RunCollector();
  const run = start('run');
  const node = start('operator', below(run));
  const query = start('query', below(node));
  const scan = start('operator', below(query));
  const other = start('query', below(run));
  const runs = endInBatches(collector, scan, other, query, node, run);
  expect(runs.map(({ kind, spans }) => [kind, spans.length])).toEqual([
    ['query', 1],
    ['query', 2],
    ['run', 2],
  ]);
  expect(runs.flatMap(({ gaps }) => gaps)).toEqual([]);
});

it('keeps a span of another library only between a run and its parts', () => {
  const collector = new RunCollector();
  const run = start('run');
  const step = start(undefined, below(run));
  const call = start('storage', below(step));
  const request = start(undefined, below(call));
  const [found] = endInBatches(collector, request, call, step, run);
  expect(found?.spans.map(({ name }) => name)).toEqual(['run', 'other', 'storage']);
});

it('forgets what is in no run when its trace ends, here or in another process', () => {
  const collector = new RunCollector();
  const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  for (const context of [ROOT_CONTEXT, trace.setSpanContext(ROOT_CONTEXT, remote)]) {
    const request = start(undefined, context);
    const call = start('storage', below(request));
    expect(endInBatches(collector, call)).toEqual([]);
    expect(collector.waiting).toBe(1);
    expect(endInBatches(collector, request)).toEqual([]);
    expect(collector.waiting).toBe(0);
  }
});

it('drops the spans of the silent trace first, and its run says so', () => {
  const collector = new RunCollector({ maxSpans: 3 });
  const [silent, busy] = [start('query'), start('query')];
  const children = (query: Span, count: number): Span[] =>
    Array.from({ length: count }, () => start('operator', below(query)));
  endInBatches(collector, ...children(silent, 2), ...children(busy, 2));
  expect(collector.waiting).toBe(2);
  const [first, second] = endInBatches(collector, busy, silent);
  expect(first).toMatchObject({ partial: false, operators: { length: 2 } });
  expect(second).toMatchObject({ gaps: [{ code: 'too-many-spans', count: 2 }], operators: [] });
});

it('refuses a limit that is none', () => {
  expect(() => new RunCollector({ maxSpans: 0 })).toThrow('option maxSpans is 0; should be a whole number from 1 up');
});

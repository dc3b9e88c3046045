import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { ConfigError } from '@planscope/config';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type ExecutionSpec } from '../index.ts';

let recorder: SpanRecorder;
let engine: Engine;
let memory: MemoryStore;

beforeEach(async () => {
  recorder = createSpanRecorder();
  memory = new MemoryStore();
  await memory.put('people.csv', 'name,age\nann,1\nbob,2\n');
  engine = await open({});
});

afterEach(() => engine.close());

function open(environment: Record<string, string>): Promise<Engine> {
  return createEngine({
    tracing: { preset: 'maximal' },
    environment,
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
    planCache: false,
  });
}

function spec(runtime: ExecutionSpec['runtime'] = {}): ExecutionSpec {
  return {
    version: 1,
    inputs: [{ name: 'people', location: 'memory:///people.csv' }],
    views: [{ name: 'old', sql: 'SELECT name FROM people WHERE age > 1' }],
    outputs: [{ name: 'out', from: 'old', location: 'memory:///out.parquet' }],
    runtime,
  };
}

/** The span tree of a run. */
async function tree(runtime: ExecutionSpec['runtime'] = {}): Promise<string> {
  recorder.clear();
  await engine.run(spec(runtime));
  const spans = recorder.spans();
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(spans, { schemas: [sharedSchema, duckdbSchema] });
  return renderSpanTree(spans);
}

describe('filter directives', () => {
  it.each([
    ['warn'],
    ['off,operator=info'],
    ['off,run=warn,storage=info'],
    ['info,phase=off,rule=off,DuckDBExec=off,object_store=off'],
    ['warn,rule::resolve_names=info,analyze_logical_plan=info'],
    ['info,rule=off,phase=off,operator=off,memory=warn'],
    ['run=off,rule=off,phase=off,object_store=off'],
  ])('%s', async (directives) => {
    engine.setFilter(directives);
    expect(await tree()).toMatchSnapshot();
  });

  it('enable everything at info, as without a filter, because this run has no parts of uploads', async () => {
    const everything = await tree();
    engine.setFilter('trace');
    expect(await tree()).toBe(everything);
    expect(everything).toContain('resolve_names');
    expect(everything).toContain('memory.get');
  });

  it('disable all spans with off, and the run completes', async () => {
    engine.setFilter('off');
    const result = await engine.run(spec());
    expect(recorder.spans()).toEqual([]);
    expect(result.traceId).toBeUndefined();
    expect(result.operators.map(({ name }) => name)).toContain('FetchExec');
    expect((await memory.head('out.parquet')).size).toBeGreaterThan(0);
  });

  it('do not move the attributes of a query to a span above its operator', async () => {
    const spansWithQuery = () => recorder.spans().filter(({ attributes }) => 'db.query.text' in attributes);
    await tree();
    expect(spansWithQuery().map(({ name }) => name)).toEqual(['DuckDBExec']);
    engine.setFilter('info,DuckDBExec=off');
    await tree();
    expect(spansWithQuery()).toEqual([]);
  });

  it('can be set with PLANSCOPE_TRACE', async () => {
    await engine.close();
    engine = await open({ PLANSCOPE_TRACE: 'warn' });
    expect(await tree()).toBe('planscope.execute');
  });

  it('can be changed for later runs, overridden by a specification, and reset', async () => {
    const everything = await tree();
    const running = await engine.stream({ sql: 'SELECT 1 AS one' });
    recorder.clear();
    engine.setFilter('warn');
    for await (const _ of running.batches);
    expect((await running.result).status).toBe('ok');
    expect(recorder.spans().map(({ name }) => name)).toContain('DuckDBExec');
    expect(await tree()).toBe('planscope.execute');
    expect(await tree({ tracing: { filter: 'off,FetchExec=info' } })).toBe('FetchExec');
    engine.setFilter();
    expect(await tree()).toBe(everything);
  });

  it('are all refused if one of them is invalid', async () => {
    engine.setFilter('warn');
    expect(() => engine.setFilter('info,FilterExec')).toThrow(ConfigError);
    expect(await tree()).toBe('planscope.execute');
  });

  it('parent the remaining spans under the program’s span if the run span is disabled', async () => {
    engine.setFilter('off,operator=info');
    const caller = recorder.tracerProvider.getTracer('program').startSpan('caller');
    await engine.run(spec(), { otelContext: trace.setSpan(ROOT_CONTEXT, caller) });
    caller.end();
    expect(renderSpanTree(recorder.spans()).split('\n').slice(0, 2)).toEqual(['caller', '  UploadExec']);
  });
});

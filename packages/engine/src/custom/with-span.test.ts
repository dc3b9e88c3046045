import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { TracingConfigInput } from '@planscope/config';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import type { LogicalPlan } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine, EngineError, type QueryStream, withSpan } from '../index.ts';

const SECRET = 'hunter2';

let recorder: SpanRecorder;
let engine: Engine | undefined;

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

beforeEach(() => {
  recorder = createSpanRecorder();
});

afterEach(() => engine?.close());

/** A running query, whose context belongs to a run. */
async function stream(tracing: TracingConfigInput = {}): Promise<QueryStream> {
  engine = await createEngine({
    tracing: { filter: 'info,phase=off,operator=off', ...tracing },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [new MemoryStore()] }),
  });
  return engine.stream({ sql: 'SELECT 1 AS one' });
}

/** The spans after the query has ended. */
async function spansOf({ batches, result }: QueryStream, secrets: string[] = []): Promise<string> {
  for await (const _ of batches);
  await result;
  expect(recorder.openSpans()).toBe(0);
  const spans = recorder.spans();
  assertTraceInvariants(spans, { schemas: [sharedSchema, duckdbSchema], secrets });
  const custom = spans.filter((span) => span.attributes['planscope.span.kind'] === 'custom');
  const fields = custom.flatMap(({ attributes }) => Object.keys(attributes));
  const own = fields.filter((key) => !key.startsWith('planscope.') && key !== 'error.type');
  return renderSpanTree(spans, { attributes: [...new Set(own)] });
}

describe('withSpan', () => {
  it('parents a step under the run, and nested steps under the step', async () => {
    const running = await stream();
    const { otelContext } = running;
    const result = withSpan(
      'publish',
      { 'app.target': 'dashboard' },
      (step) => {
        step.setFields({ 'app.rows': 7 });
        return withSpan('render', {}, () => trace.getSpan(context.active())?.spanContext().spanId);
      },
      { otelContext },
    );
    expect(recorder.spans().map((span) => span.spanContext().spanId)).toContain(result);
    expect(await spansOf(running)).toMatchInlineSnapshot(`
      "planscope.execute
        publish app.rows=7 app.target=dashboard trace.custom_fields_json="{\\"app.rows\\":7,\\"app.target\\":\\"dashboard\\"}"
          render"
    `);
  });

  it('finds the run in a rule without options, and does not affect the result of the run', async () => {
    const look = (plan: LogicalPlan): LogicalPlan =>
      withSpan('look', { 'app.nodes': plan.children.length }, () => plan);
    engine = await createEngine({
      tracing: { filter: 'info,operator=off', ruleMode: 'full' },
      environment: {},
      tracerProvider: recorder.tracerProvider,
      rules: { analyzer: [{ name: 'own_rule', apply: look }] },
    });
    const tree = await spansOf(await engine.stream({ sql: 'SELECT 1 AS one' }));
    expect(tree).toMatch(/\n {4}own_rule\n {6}look app\.nodes=1 /);
  });

  it('lasts until the promise of a step settles, and returns its result', async () => {
    const running = await stream();
    let finish = (_: string): void => {};
    const given = withSpan(
      'wait',
      {},
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
      running,
    );
    await Promise.resolve();
    expect(recorder.spans()).toEqual([]);
    finish('done');
    expect(await given).toBe('done');
    expect(recorder.spans().map(({ name }) => name)).toEqual(['wait']);
    await spansOf(running);
  });

  it('throws the unaltered error of a step, and records it without data', async () => {
    const running = await stream();
    const error = new RangeError(`no room for ${SECRET}`);
    const fail = (): never => {
      throw error;
    };
    expect(() => withSpan('sync', {}, fail, running)).toThrow(error);
    await expect(withSpan('async', {}, async () => fail(), running)).rejects.toBe(error);
    expect(error.message).toContain(SECRET);
    expect(await spansOf(running, [SECRET])).toMatchInlineSnapshot(`
      "planscope.execute
        sync !RangeError
        async !RangeError"
    `);
  });

  it('hides fields with names of redacted columns and credentials in URLs, and truncates long texts', async () => {
    const running = await stream({ maxAttributeBytes: 64 });
    const fields = {
      'app.password': SECRET,
      'app.source': `s3://key:${SECRET}@bucket/a.parquet?X-Amz-Signature=${SECRET}`,
      'app.note': 'x'.repeat(100),
      'app.fast': true,
    };
    withSpan('load', fields, () => {}, running);
    expect(await spansOf(running, [SECRET])).toMatchInlineSnapshot(`
      "planscope.execute
        load app.fast=true app.note="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… [truncated, 100 bytes]" app.password=[REDACTED] app.source=s3://bucket/a.parquet?… trace.custom_fields_json="{\\"app.fast\\":true,\\"app.note\\":\\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… [truncated, 100 bytes]\\",\\"app.password\\":\\"[REDACTED]\\",\\"app.source\\":\\"s3://bucket/a.parquet?…\\"}""
    `);
  });

  it('shows only the fields that an allow list names', async () => {
    const running = await stream({ preview: { redaction: { mode: 'allow-list', columns: ['app.rows'] } } });
    withSpan('load', { 'app.rows': 1, 'app.name': SECRET }, () => {}, running);
    expect(await spansOf(running, [SECRET])).toMatchInlineSnapshot(`
      "planscope.execute
        load app.name=[REDACTED] app.rows=1 trace.custom_fields_json="{\\"app.name\\":\\"[REDACTED]\\",\\"app.rows\\":1}""
    `);
  });

  it('applies the filter and the span budget of the run, and runs every step', async () => {
    const running = await stream({ filter: 'off,run=warn,custom=info,custom::quiet=off', spanBudget: 1 });
    const results = ['quiet', 'first', 'second'].map((name) => withSpan(name, {}, () => name, running));
    expect(results).toEqual(['quiet', 'first', 'second']);
    expect(await spansOf(running)).toMatchInlineSnapshot(`
      "planscope.execute
        first"
    `);
    const root = recorder.spans().find(({ name }) => name === 'planscope.execute');
    expect(root?.attributes['planscope.spans.dropped']).toBe(1);
  });

  it('creates no span if tracing is off', async () => {
    const running = await stream({ enabled: false });
    expect(withSpan('step', {}, ({ otelContext }) => trace.getSpan(otelContext), running)).toBeUndefined();
    expect(await spansOf(running)).toBe('');
  });

  it('is a child of the active span outside of a run', () => {
    trace.setGlobalTracerProvider(recorder.tracerProvider);
    try {
      const tracer = recorder.tracerProvider.getTracer('program');
      const above = tracer.startSpan('request', {}, ROOT_CONTEXT);
      context.with(trace.setSpan(ROOT_CONTEXT, above), () => withSpan('parse', { 'app.bytes': 3 }, () => {}));
      above.end();
      expect(renderSpanTree(recorder.spans(), { attributes: ['app.bytes'] })).toMatchInlineSnapshot(`
        "request
          parse app.bytes=3"
      `);
    } finally {
      trace.disable();
    }
  });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ['an empty name', ' ', {}, /name of a span is empty/],
    ['a reserved field', 'step', { 'planscope.span.kind': 'run' }, /field "planscope.span.kind" is reserved/],
    ['a field with a space', 'step', { 'app rows': 1 }, /use a name of your own, as in app\.app_rows/],
    ['a value that is an object', 'step', { 'app.rows': {} }, /field app.rows is of the type object/],
  ])('refuses %s before the step starts', (_, name, fields, message) => {
    let started = false;
    const step = (): void => {
      started = true;
    };
    const refused = (): void => withSpan(name, fields as never, step);
    expect(refused).toThrow(message);
    expect(refused).toThrow(EngineError);
    expect(started).toBe(false);
  });
});

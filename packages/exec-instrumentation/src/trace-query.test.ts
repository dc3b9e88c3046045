import { context, ROOT_CONTEXT, SpanStatusCode, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { ValuesExec } from '@planscope/plan/testing';
import { createSpanRecorder, renderSpanTree, traceChecklist } from '@planscope/testing';
import type { RecordBatch } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { batchOf } from '../test/plans.ts';
import { instrumentExecution, type QuerySpanOptions, traceQuery } from './index.ts';

const batches = [batchOf(1, 2), batchOf(3)];

/** The spans of one query, which is pulled until `pulls` batches have come. */
async function spansOf(options: Partial<QuerySpanOptions>, pulls = Number.POSITIVE_INFINITY) {
  const recorder = createSpanRecorder();
  const { tracerProvider } = recorder;
  const seen: RecordBatch[] = [];
  const query = traceQuery(
    { system: 'pipe', tracerProvider, otelContext: ROOT_CONTEXT, ...options },
    (task) =>
      instrumentExecution({ tracerProvider })
        .apply(new ValuesExec([batches]))
        .execute(0, task).batches,
  );
  for await (const batch of query) if (seen.push(batch) >= pulls) break;
  expect(recorder.openSpans()).toBe(0);
  return { spans: recorder.spans(), seen };
}

const ATTRIBUTES = [
  'db.*',
  'error.type',
  'planscope.run.status',
  'planscope.spans.dropped',
  'planscope.warnings.codes',
];

describe('traceQuery', () => {
  it('has a root with the query and its status above the operators', async () => {
    const { spans, seen } = await spansOf({ text: "SELECT * FROM t WHERE name = 'Ada'", summary: 'SELECT t' });
    expect(seen).toEqual(batches);
    expect(traceChecklist(spans, { secrets: ['Ada'] })).toEqual([]);
    expect(renderSpanTree(spans, { attributes: ATTRIBUTES })).toMatchInlineSnapshot(`
      "SELECT t db.query.summary="SELECT t" db.query.text="SELECT * FROM t WHERE name = ?1" db.response.returned_rows=3 db.system.name=pipe planscope.run.status=ok
        ValuesExec planscope.run.status=ok"
    `);
  });

  it('is cancelled if its consumer stops early', async () => {
    const { spans } = await spansOf({}, 1);
    expect(traceChecklist(spans)).toEqual([]);
    expect(renderSpanTree(spans, { attributes: ATTRIBUTES })).toMatchInlineSnapshot(`
      "pipe db.system.name=pipe planscope.run.status=cancelled
        ValuesExec planscope.run.status=cancelled"
    `);
  });

  it('counts the spans beyond the limit', async () => {
    const { spans } = await spansOf({ maxSpans: 1 });
    expect(spans.map(({ attributes }) => attributes['planscope.spans.dropped'])).toEqual([undefined, undefined]);
    const limited = createSpanRecorder();
    const { tracerProvider } = limited;
    const rule = instrumentExecution({ tracerProvider });
    const query = traceQuery({ system: 'pipe', tracerProvider, maxSpans: 1 }, async function* (task) {
      for (let run = 0; run < 3; run += 1) yield* rule.apply(new ValuesExec([batches])).execute(0, task).batches;
    });
    for await (const _ of query);
    expect(limited.spans().find(({ name }) => name === 'pipe')?.attributes['planscope.spans.dropped']).toBe(2);
  });

  it('passes an error on unaltered and keeps its data off the span', async () => {
    const recorder = createSpanRecorder();
    const failure = new RangeError('no row named Ada');
    const warnings: string[] = [];
    const { tracerProvider } = recorder;
    const warn = ({ code }: { readonly code: string }): void => void warnings.push(code);
    const query = traceQuery({ system: 'pipe', tracerProvider, warn }, async function* (task) {
      task.warn({ code: 'small-reads', message: 'it reads little at a time' });
      yield batchOf(1);
      throw failure;
    });
    const pulled = (async () => {
      for await (const _ of query);
    })();
    await expect(pulled).rejects.toBe(failure);
    expect(warnings).toEqual(['small-reads']);
    expect(traceChecklist(recorder.spans(), { secrets: ['Ada'] })).toEqual([]);
    expect(recorder.spans()[0]?.status.code).toBe(SpanStatusCode.ERROR);
    expect(renderSpanTree(recorder.spans(), { attributes: ATTRIBUTES })).toMatchInlineSnapshot(
      `"pipe !RangeError db.system.name=pipe error.type=RangeError planscope.run.status=error planscope.warnings.codes=["small-reads"]"`,
    );
  });

  it('continues if no span can be created', async () => {
    const startSpan = (): never => {
      throw new Error('no span');
    };
    const tracer: Tracer = { startSpan, startActiveSpan: startSpan };
    const broken: TracerProvider = { getTracer: () => tracer };
    const query = traceQuery({ system: 'pipe', tracerProvider: broken, warn: () => {} }, async function* () {
      yield* batches;
    });
    const seen: RecordBatch[] = [];
    for await (const batch of query) seen.push(batch);
    expect(seen).toEqual(batches);
  });

  it('truncates a statement of two megabytes', async () => {
    const { spans } = await spansOf({ text: `SELECT '${'Ada'.repeat(700_000)}'`, summary: 'SELECT' });
    const text = String(spans.find(({ name }) => name === 'SELECT')?.attributes['db.query.text']);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16_384);
    expect(text).not.toContain('Ada');
  });

  it.each([
    ['maxSpans', { maxSpans: -1 }],
    ['maxTextBytes', { maxTextBytes: 0.5 }],
  ])('refuses a wrong %s before any work', (option, wrong) => {
    expect(() => traceQuery({ system: 'pipe', ...wrong }, async function* () {})).toThrow(option);
  });

  it('creates no span before the first pull', async () => {
    const recorder = createSpanRecorder();
    const query = traceQuery({ system: 'pipe', tracerProvider: recorder.tracerProvider }, async function* () {
      yield* batches;
    });
    await query.return();
    expect(trace.getSpan(context.active())).toBeUndefined();
    expect([recorder.spans(), recorder.openSpans()]).toEqual([[], 0]);
  });
});

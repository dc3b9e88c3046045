import { context, SpanStatusCode, type TimeInput, trace } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE, ATTR_OPERATOR_NAME, ATTR_SPAN_KIND, ATTR_TIMING_BASIS } from '@planscope/semconv';
import { describe, expect, it } from 'vitest';
import {
  assertTraceInvariants,
  createSpanRecorder,
  renderSpanTree,
  type SpanRecorder,
  traceChecklist,
} from './index.ts';

const kindOf = (kind: string): Record<string, string> => ({ [ATTR_SPAN_KIND]: kind, [ATTR_TIMING_BASIS]: 'measured' });
const operator = (name: string): Record<string, string> => ({ ...kindOf('operator'), [ATTR_OPERATOR_NAME]: name });

/** A run over one operator; the attributes and times of the operator are the test's. */
function record(
  recorder: SpanRecorder,
  attributes: Record<string, string | number>,
  times: { start?: TimeInput; end?: TimeInput } = {},
): void {
  const tracer = recorder.tracerProvider.getTracer('test');
  const root = tracer.startSpan('planscope.execute', { attributes: kindOf('run'), startTime: [1000, 0] });
  const parent = trace.setSpan(context.active(), root);
  tracer.startSpan('ScanExec', { attributes, startTime: times.start ?? [1000, 0] }, parent).end(times.end ?? [1001, 0]);
  root.end([1002, 0]);
}

describe('createSpanRecorder', () => {
  it('counts spans that were not ended', () => {
    const recorder = createSpanRecorder();
    const span = recorder.tracerProvider.getTracer('test').startSpan('late');
    expect(recorder.openSpans()).toBe(1);
    span.end();
    expect(recorder.openSpans()).toBe(0);
    expect(recorder.spans().map(({ name }) => name)).toEqual(['late']);
    recorder.clear();
    expect(recorder.spans()).toEqual([]);
  });
});

describe('renderSpanTree', () => {
  it('shows names, chosen attributes, basis, errors and links', () => {
    const recorder = createSpanRecorder();
    const tracer = recorder.tracerProvider.getTracer('test');
    const root = tracer.startSpan('planscope.execute');
    const under = trace.setSpan(context.active(), root);
    const first = tracer.startSpan('Scan', { attributes: { [ATTR_TIMING_BASIS]: 'execution_window', rows: 3 } }, under);
    const second = tracer.startSpan(
      'Join',
      { attributes: { text: 'a b' }, links: [{ context: first.spanContext() }] },
      under,
    );
    second.setStatus({ code: SpanStatusCode.ERROR }).setAttribute(ATTR_ERROR_TYPE, 'Boom').end();
    first.end();
    root.end();
    expect(renderSpanTree(recorder.spans(), { attributes: ['rows', 'te*'] })).toMatchInlineSnapshot(`
      "planscope.execute
        Scan ~execution_window rows=3
        Join !Boom → Scan text="a b""
    `);
    expect(renderSpanTree(recorder.spans(), { hide: ({ name }) => name === 'Join' })).not.toContain('Join');
  });
});

describe('assertTraceInvariants', () => {
  const check = (attributes: Record<string, string | number>, times = {}, secrets: string[] = []): (() => void) => {
    const recorder = createSpanRecorder();
    record(recorder, attributes, times);
    return () => assertTraceInvariants(recorder.spans(), { secrets });
  };

  it('accepts a sound trace', () => {
    expect(check(operator('ScanExec'))).not.toThrow();
  });

  it.each([
    ['a name that is not the operator', check(operator('Other')), /is named "Other"/],
    ['an unregistered key', check({ ...operator('ScanExec'), 'planscope.nonsense': 1 }), /registered in no schema/],
    [
      'a key of another kind of span',
      check({ ...operator('ScanExec'), 'object_store.prefix': 'a' }),
      /belongs on storage/,
    ],
    ['a wrong type', check({ ...operator('ScanExec'), 'datafusion.preview_rows': 'three' }), /should be of type int/],
    [
      'a value outside its list',
      check({ ...operator('ScanExec'), [ATTR_TIMING_BASIS]: 'guessed' }),
      /allowed: measured/,
    ],
    ['a child after its parent', check(operator('ScanExec'), { end: [1003, 0] }), /ns after its parent/],
    ['a child before its parent', check(operator('ScanExec'), { start: [999, 0] }), /ns before its parent/],
    ['an error type without an error', check({ ...operator('ScanExec'), [ATTR_ERROR_TYPE]: 'E' }), /not ERROR/],
    ['a secret', check({ ...operator('ScanExec'), 'datafusion.node': 'hunter2' }, {}, ['hunter2']), /holds the secret/],
    [
      'compute that does not add up',
      check({
        ...operator('ScanExec'),
        'planscope.metrics.cumulative_compute': 5,
        'datafusion.metrics.elapsed_compute': 9,
      }),
      /less than its parts/,
    ],
  ])('refuses %s', (_, assertion, message) => {
    expect(assertion).toThrow(message);
  });

  it('refuses reads that do not add up to what their operator says', () => {
    const recorder = createSpanRecorder();
    const tracer = recorder.tracerProvider.getTracer('test');
    const scan = tracer.startSpan('Scan', {
      attributes: { ...operator('Scan'), 'planscope.metrics.bytes_read': 10 },
    });
    const read = {
      ...kindOf('storage'),
      'object_store.name': 'file',
      'object_store.operation': 'get',
      'object_store.result.bytes': 7,
    };
    tracer.startSpan('file.get', { attributes: read }, trace.setSpan(context.active(), scan)).end();
    scan.end();
    expect(() => assertTraceInvariants(recorder.spans())).toThrow(/read 10 bytes, its storage spans add up to 7/);
  });
});

describe('traceChecklist', () => {
  const query = { ...kindOf('query'), 'db.system.name': 'abacus' };
  const checklist = (attributes: Record<string, string>, end: 'ok' | 'failed' = 'ok'): string[] => {
    const recorder = createSpanRecorder();
    const span = recorder.tracerProvider.getTracer('test').startSpan('abacus', { attributes });
    if (end === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    return traceChecklist(recorder.spans());
  };

  it('has nothing to say of a root that says what it is, how it ended and where its times come from', () => {
    expect(checklist({ ...query, 'planscope.run.status': 'ok' })).toEqual([]);
  });

  it('lists what is missing, and what is wrong with any trace', () => {
    expect(checklist({})).toEqual([
      'span "abacus": planscope.span.kind is undefined, which no schema defines',
      'span "abacus": planscope.timing.basis is not set',
    ]);
    expect(checklist(query, 'failed')).toEqual([
      'span "abacus": status is ERROR, error.type is not set',
      'span "abacus": planscope.run.status is not set',
    ]);
  });

  it('asks a live operator how it ended, but no operator that an engine reported', () => {
    const timed = (basis: string): Record<string, string> => ({
      ...operator('abacus'),
      [ATTR_TIMING_BASIS]: basis,
    });
    expect(checklist(timed('measured'))).toEqual(['span "abacus": planscope.run.status is not set']);
    expect(checklist(timed('execution_window'))).toEqual([]);
  });

  it('takes no spans for a fault', () => {
    expect(traceChecklist([])).toEqual(['there is no span']);
  });
});

import { execFileSync } from 'node:child_process';
import { createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import {
  contextFromEnvironment,
  contextFromHeaders,
  environmentFromContext,
  headersFromContext,
} from './trace-context.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const spanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
};

test.each([
  ['of Node.js', { traceparent, host: 'here' }],
  ['in capitals', { Traceparent: traceparent }],
  ['of fetch', new Headers({ traceparent })],
  ['given more than once as a list of one', { traceparent: [traceparent] }],
])('headers %s lead to the span of the caller', (_, headers) => {
  expect(trace.getSpanContext(contextFromHeaders(headers))).toMatchObject({ ...spanContext, isRemote: true });
});

test.each([{}, { traceparent: '' }, { traceparent: '00-0-0-01' }, { traceparent: [traceparent, traceparent] }])(
  'headers %j leave the context as it is',
  (headers) => {
    const base = trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, spanId: '00f067aa0ba902b7' });
    expect(contextFromHeaders(headers, base)).toBe(base);
  },
);

test('trace state goes in and out', () => {
  const state = createTraceState('vendor=a:b');
  const context = trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, traceState: state });
  const headers = headersFromContext(context);
  expect(headers).toEqual({ traceparent, tracestate: 'vendor=a:b' });
  expect(trace.getSpanContext(contextFromHeaders(headers))?.traceState?.serialize()).toBe('vendor=a:b');
});

test('a context without a span has nothing to hand on', () => {
  expect(headersFromContext(ROOT_CONTEXT)).toEqual({});
  expect(environmentFromContext(ROOT_CONTEXT)).toEqual({});
});

test('a child process joins the trace by its environment', () => {
  const environment = environmentFromContext(trace.setSpanContext(ROOT_CONTEXT, spanContext));
  const seen = execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], { env: environment }).toString();
  expect(trace.getSpanContext(contextFromEnvironment(JSON.parse(seen)))).toMatchObject(spanContext);
});

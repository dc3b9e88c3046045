import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import {
  contextFromEnvironment,
  contextFromHeaders,
  environmentFromContext,
  headersFromContext,
  type IncomingHeaders,
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
  ['in a map', new Map([['Traceparent', traceparent]])],
  ['in a map of lists', new Map([['traceparent', [traceparent]]])],
  ['with one named entries', { entries: '3', traceparent }],
])('headers %s lead to the span of the caller', (_, headers) => {
  expect(trace.getSpanContext(contextFromHeaders(headers))).toMatchObject({ ...spanContext, isRemote: true });
});

const unreadable: Record<string, string> = Object.defineProperty({}, 'traceparent', {
  enumerable: true,
  get() {
    throw new Error('not readable');
  },
});

test.each<[string, unknown]>([
  ['that are none', null],
  ['that are not defined', undefined],
  ['that are a text', traceparent],
  ['that are a number', 1],
  ['that are a list', [traceparent]],
  ['without any', {}],
  ['of fetch without any', new Headers()],
  ['in an empty map', new Map()],
  ['with an empty one', { traceparent: '' }],
  ['with a wrong one', { traceparent: '00-0-0-01' }],
  ['with two that differ in nothing', { traceparent: [traceparent, traceparent] }],
  ['with one that is none', { traceparent: null }],
  ['with a number', { traceparent: 1 }],
  ['in a map with keys that are not texts', new Map([[Symbol('traceparent'), traceparent]])],
  ['that cannot be read', unreadable],
])('headers %s leave the context as it is', (_, headers) => {
  const base = trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, spanId: '00f067aa0ba902b7' });
  expect(contextFromHeaders(headers as IncomingHeaders, base)).toBe(base);
  expect(contextFromHeaders(headers as IncomingHeaders)).toBe(ROOT_CONTEXT);
});

test('a request that Node.js has received leads to the span of its caller', async () => {
  const server = createServer((request, response) => {
    const seen = trace.getSpanContext(contextFromHeaders(request.headers));
    const distinct = trace.getSpanContext(contextFromHeaders(request.headersDistinct));
    response.end(JSON.stringify([seen?.spanId, distinct?.spanId]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}`, { headers: { traceparent } });
  expect(await response.json()).toEqual([spanContext.spanId, spanContext.spanId]);
  server.close();
});

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

import { context, createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { afterEach, expect, it } from 'vitest';
import { traceHeaders, untraced } from './trace-context.ts';

afterEach(() => context.disable());

const around = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
};

it('continues a trace with its flags and its state', () => {
  const headersOf = (extra: object) => traceHeaders(trace.setSpanContext(ROOT_CONTEXT, { ...around, ...extra }));
  const ids = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
  expect(headersOf({})).toEqual({ traceparent: `00-${ids}-01` });
  expect(headersOf({ traceFlags: TraceFlags.NONE })).toEqual({ traceparent: `00-${ids}-00` });
  expect(headersOf({ traceState: createTraceState('a=1,b=2') })).toEqual({
    traceparent: `00-${ids}-01`,
    tracestate: 'a=1,b=2',
  });
  expect(headersOf({ traceId: '0'.repeat(32) })).toEqual({});
  expect(traceHeaders(ROOT_CONTEXT)).toEqual({});
});

it('sends requests that no instrumentation makes spans of', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const seen: boolean[] = [];
  const send = untraced(async () => {
    seen.push(isTracingSuppressed(context.active()));
    return new Response();
  });
  await send('http://127.0.0.1/');
  expect([seen, isTracingSuppressed(context.active())]).toEqual([[true], false]);
});

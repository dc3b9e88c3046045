import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextFromHeaders, headersFromContext } from '@planscope/bootstrap';
import { duckdbSchema } from '@planscope/duckdb';
import { createEngine, type Engine, withSpan } from '@planscope/engine';
import { sharedSchema } from '@planscope/semconv';
import { createSpanRecorder, type SpanRecorder, traceChecklist } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

let recorder: SpanRecorder;
let engine: Engine;
let server: Server;
/** The headers that the service would send on to another one. */
let sentOn: Record<string, string>;

beforeEach(async () => {
  recorder = createSpanRecorder();
  engine = await createEngine({ environment: {}, tracerProvider: recorder.tracerProvider });
  server = createServer(async (request, response) => {
    const otelContext = contextFromHeaders(request.headers);
    const rows = await engine.stream({ sql: 'SELECT 1 AS one' }, { otelContext });
    let count = 0;
    for await (const batch of rows.batches) {
      count += batch.numRows;
      sentOn = withSpan('notify', { 'app.rows': count }, (step) => headersFromContext(step.otelContext), rows);
    }
    response.end(String(count));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await engine.close();
});

async function ask(headers: Record<string, string>): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
}

const root = () => recorder.spans().find(({ name }) => name === 'planscope.execute');

it('a run goes on with the trace of the request that asked for it, and hands it on', async () => {
  expect(await ask({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`, tracestate: 'vendor=1' })).toBe('1');
  expect(traceChecklist(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] })).toEqual([]);
  expect(new Set(recorder.spans().map((span) => span.spanContext().traceId))).toEqual(new Set([TRACE_ID]));
  expect(root()?.parentSpanContext).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, isRemote: true });
  const notify = recorder.spans().find(({ name }) => name === 'notify');
  expect(notify?.parentSpanContext?.spanId).toBe(root()?.spanContext().spanId);
  expect(sentOn).toEqual({
    traceparent: `00-${TRACE_ID}-${notify?.spanContext().spanId}-01`,
    tracestate: 'vendor=1',
  });
});

it.each([
  ['no header', {}],
  ['a header that is none', { traceparent: 'garbage' }],
])('a run starts a trace of its own for %s', async (_, headers) => {
  expect(await ask(headers)).toBe('1');
  expect(root()?.parentSpanContext).toBeUndefined();
  expect(root()?.spanContext().traceId).not.toBe(TRACE_ID);
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { instrumentExecution, ioReportRecorder } from '@planscope/exec-instrumentation';
import { createMetricsCollector } from '@planscope/metrics-collector';
import { createTaskContext, type ExecutionPlan } from '@planscope/plan';
import { createSpanRecorder, renderSpanTree, traceChecklist } from '@planscope/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RemoteNumbersExec } from './remote-numbers-exec.ts';

const numbers = Float64Array.from({ length: 10_000 }, (_, index) => index);
const object = Buffer.from(numbers.buffer);
const SIGNATURE = 'c2VjcmV0';

let server: Server;
let bytesServed = 0;

beforeAll(async () => {
  server = createServer(({ headers }, response) => {
    const [, start = '', end = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const bytes = object.subarray(Number(start), Number(end) + 1);
    bytesServed += bytes.byteLength;
    response.writeHead(206, { 'content-length': bytes.byteLength }).end(bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => server.close());

it('draws what an engine read with a client of its own under its operator, and counts it once', async () => {
  const { tracerProvider, ...recorder } = createSpanRecorder();
  const collector = createMetricsCollector();
  const context = createTaskContext({
    warn: (warning) => expect.unreachable(warning.message),
    observeOperator: collector.observe,
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/numbers?X-Amz-Signature=${SIGNATURE}`;
  const rule = instrumentExecution({ tracerProvider, reportRecorders: [ioReportRecorder({ tracerProvider })] });
  const plan = rule.apply(new RemoteNumbersExec(url, [1, 7]), context) as ExecutionPlan;

  const rows: number[] = [];
  const execution = plan.execute(0, context);
  for await (const batch of execution.batches) rows.push(...batch.toArray().map(({ number }) => number));
  await execution.outcome;

  expect(rows).toEqual([...numbers.subarray(1000, 2000), ...numbers.subarray(7000, 8000)]);
  expect(recorder.openSpans()).toBe(0);
  expect(traceChecklist(recorder.spans(), { secrets: [SIGNATURE] })).toEqual([]);
  expect(
    renderSpanTree(recorder.spans(), { attributes: ['object_store.ranges', 'object_store.result.bytes'] }),
  ).toMatchInlineSnapshot(`
    "RemoteNumbersExec
      toy.get object_store.ranges=8000-16000 object_store.result.bytes=8000
      toy.get object_store.ranges=56000-64000 object_store.result.bytes=8000"
  `);
  expect(bytesServed).toBe(16_000);
  const summary = collector.summary();
  expect(summary.bytesRead).toEqual({ value: bytesServed, source: 'io_log' });
  // No node of a plan brought anything here, so nothing is there to be counted a second time.
  expect(summary.storeBytesRead).toEqual({ value: null, reason: 'not-reported' });
});

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import * as esm from '@planscope/testing';

const cjs = createRequire(import.meta.url)('@planscope/testing') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.createSpanRecorder, cjs.createSpanRecorder);
  const recorder = esm.createSpanRecorder();
  const tracer = recorder.tracerProvider.getTracer('example');
  const root = tracer.startSpan('root');
  const names = Array.from({ length: 20 }, (_, index) => `child ${index}`);
  const startTime = new Date();
  const spans = names.map((name) => tracer.startSpan(name, { startTime }, trace.setSpan(ROOT_CONTEXT, root)));
  for (const span of [...spans].reverse()) span.end();
  root.end();
  const drawn = cjs.renderSpanTree(recorder.spans());
  assert.equal(drawn, esm.renderSpanTree(recorder.spans()));
  assert.deepEqual([...drawn.matchAll(/child \d+/g)].map(String), names);
  return 'one build draws the spans that the other recorded in the order of their start';
}

import assert from 'node:assert/strict';
import { type Attributes, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';

export async function main(): Promise<string> {
  const recorder: SpanRecorder = createSpanRecorder();
  const tracer = recorder.tracerProvider.getTracer('@planscope/example');
  const attributes = (name: string): Attributes => ({
    'planscope.span.kind': 'operator',
    'planscope.timing.basis': 'measured',
    'planscope.operator.name': name,
  });
  const parent = tracer.startSpan('FilterExec', { attributes: attributes('FilterExec') });
  tracer.startSpan('ScanExec', { attributes: attributes('ScanExec') }, trace.setSpan(ROOT_CONTEXT, parent)).end();
  assert.equal(recorder.openSpans(), 1);
  parent.end();
  assert.equal(recorder.openSpans(), 0);
  assert.equal(renderSpanTree(recorder.spans()).trimEnd().split('\n').length, 2);
  assertTraceInvariants(recorder.spans());
  tracer.startSpan('ScanExec').end();
  assert.throws(() => assertTraceInvariants(recorder.spans()), /planscope\.span\.kind/);
  return 'two spans recorded, rendered and checked';
}

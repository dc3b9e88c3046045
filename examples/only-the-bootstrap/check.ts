import assert from 'node:assert/strict';
import { type FileSpan, readTraceFile } from '../../packages/testing/src/index.ts';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';

const check: ExampleCheck = ({ output, folder }) => {
  const spans = readTraceFile(`${folder}/.planscope/traces.jsonl`);
  const named = (wanted: string): FileSpan[] => spans.filter(({ name }) => name === wanted);
  const parentOf = (span: FileSpan): FileSpan | undefined => spans.find(({ spanId }) => spanId === span.parentSpanId);

  assert.equal(spans.length, 8);
  assert.equal(new Set(named('checkout').map(({ traceId }) => traceId)).size, 3, 'each order is a trace');
  for (const span of [...named('charge'), ...named('ship')]) {
    assert.equal(parentOf(span)?.name, 'checkout', `${span.name} hangs elsewhere`);
    assert.equal(parentOf(span)?.traceId, span.traceId);
  }
  assert.deepEqual(
    spans
      .filter(({ failed }) => failed)
      .map(({ name }) => name)
      .sort(),
    ['charge', 'checkout'],
  );
  for (const { name, failed, attributes } of spans) {
    assert.equal(attributes.has('error.type'), failed, `${name}: error.type belongs on spans that failed`);
  }
  assert.equal(output.match(/8 made = 8 exported \+ 0 dropped \+ 0 unknown/g)?.length, 2);
};

export default check;

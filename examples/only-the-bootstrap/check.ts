import assert from 'node:assert/strict';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';
import { type FiledSpan, readTraceFile } from '../../scripts/examples/read-trace-file.ts';

const check: ExampleCheck = ({ output, folder }) => {
  const spans = readTraceFile(`${folder}/.planscope/traces.jsonl`);
  const named = (wanted: string): FiledSpan[] => spans.filter(({ name }) => name === wanted);
  const parentOf = (span: FiledSpan): FiledSpan | undefined => spans.find(({ spanId }) => spanId === span.parentSpanId);

  assert.equal(spans.length, 8);
  assert.equal(new Set(named('checkout').map(({ traceId }) => traceId)).size, 3, 'each order is a trace');
  for (const span of [...named('charge'), ...named('ship')]) {
    assert.equal(parentOf(span)?.name, 'checkout', `${span.name} hangs elsewhere`);
    assert.equal(parentOf(span)?.traceId, span.traceId);
  }
  assert.deepEqual(
    spans
      .filter(({ status }) => status.code === 2)
      .map(({ name }) => name)
      .sort(),
    ['charge', 'checkout'],
  );
  for (const { name, status, attributes } of spans) {
    const isTyped = attributes.some(({ key }) => key === 'error.type');
    assert.equal(isTyped, status.code === 2, `${name}: error.type belongs on spans that failed`);
  }
  assert.equal(output.match(/8 made = 8 exported \+ 0 dropped \+ 0 unknown/g)?.length, 2);
};

export default check;

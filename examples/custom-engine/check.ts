import assert from 'node:assert/strict';
import { executionPlanConformance } from '@planscope/plan/testing';
import { createSpanRecorder, traceChecklist } from '@planscope/testing';
import { tableFromArrays } from 'apache-arrow';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';
import { CountExec } from './src/count-exec.ts';
import { FilterExec } from './src/filter-exec.ts';
import { PipeEngine } from './src/pipe-engine.ts';
import { ScanExec } from './src/scan-exec.ts';

const check: ExampleCheck = async ({ output }) => {
  // What it prints is held to the README; this says which of it matters.
  assert.match(output, /\{"origin": "ABQ", "rows": 2\}/);
  assert.match(output, /prune_columns \(modified\)/);
  assert.doesNotMatch(output, /delay > 60 AND/, 'a literal is in a plan');

  const table = tableFromArrays({ a: Int32Array.of(1, 2, 3) });
  const numbers = new ScanExec('numbers', table);
  const makePlan = (): CountExec =>
    new CountExec('a', new FilterExec([{ column: 'a', operator: '>', value: 1 }], numbers));
  for (const { run } of executionPlanConformance(makePlan)) await run();

  const ended = 'numbers | where a > 1 | count a';
  assert.deepEqual(await statuses(ended, () => false), {
    pipe: 'ok',
    CountExec: 'ok',
    FilterExec: 'ok',
    ScanExec: 'ok',
  });
  assert.deepEqual(await statuses('numbers | count b', () => false), { pipe: 'error' });
  assert.deepEqual(await statuses('numbers', () => true), { pipe: 'cancelled', ScanExec: 'cancelled' });

  /** How the query and its operators ended, once their spans were held to the checklist. */
  async function statuses(query: string, leavesEarly: () => boolean): Promise<Record<string, unknown>> {
    const recorder = createSpanRecorder();
    const engine = new PipeEngine(new Map([['numbers', table]]), recorder.tracerProvider);
    try {
      for await (const _batch of engine.query(query)) if (leavesEarly()) break;
    } catch {
      // What it throws is the example's own; this looks at the spans.
    }
    assert.equal(recorder.openSpans(), 0);
    assert.deepEqual(traceChecklist(recorder.spans()), []);
    const ends = recorder.spans().filter(({ attributes }) => 'planscope.run.status' in attributes);
    return Object.fromEntries(ends.map(({ name, attributes }) => [name, attributes['planscope.run.status']]));
  }
};

export default check;
